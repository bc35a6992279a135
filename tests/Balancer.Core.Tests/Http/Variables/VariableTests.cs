using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Http.Variables;

public sealed class VariableTests
{
    private static readonly VariableScope Scope = new(new WallClock(new FakeTimeProvider()), ["tenant"]);

    public static TheoryData<string, string> Values => new()
    {
        { "host", "api.example.com" },
        { "http_host", "API.Example.com:8080" },
        { "http_user_agent", "curl/8.0" },
        { "HTTP_Referer", "http://ref/" },
        { "http_x_tenant", "t1, t2" },
        { "http_x_empty", "" },
        { "http_x_hidden", "<none>" },
        { "http_missing", "<none>" },
        { "http_cookie", "a=1; Session = s%3D1 ; b=2; c=3" },
        { "arg_q", "1" },
        { "arg_name", "J%C3%B6rg" },
        { "arg_flag", "<none>" },
        { "arg_missing", "<none>" },
        { "cookie_a", "1" },
        { "cookie_session", "s%3D1" },
        { "cookie_c", "3" },
        { "cookie_missing", "<none>" },
        { "remote_addr", "198.51.100.7" },
        { "remote_port", "40001" },
        { "binary_remote_addr", "\u00c6\u0033\u0064\u0007" },
        { "realip_remote_addr", "192.0.2.1" },
        { "realip_remote_port", "51000" },
        { "proxy_protocol_addr", "2001:db8::1" },
        { "proxy_protocol_port", "1234" },
        { "proxy_protocol_server_addr", "2001:db8::2" },
        { "proxy_protocol_server_port", "443" },
        { "remote_user", "user" },
        { "request", "POST /a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2 HTTP/1.1" },
        { "request_method", "POST" },
        { "request_uri", "/a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2" },
        { "uri", "/a b/x" },
        { "document_uri", "/a b/x" },
        { "args", "Q=1&name=J%C3%B6rg&flag&name=2" },
        { "query_string", "Q=1&name=J%C3%B6rg&flag&name=2" },
        { "is_args", "?" },
        { "scheme", "http" },
        { "https", "" },
        { "http2", "" },
        { "server_protocol", "HTTP/1.1" },
        { "server_name", "api.example.com" },
        { "server_addr", "192.0.2.80" },
        { "server_port", "8080" },
        { "hostname", Dns.GetHostName().ToLowerInvariant() },
        { "pid", Environment.ProcessId.ToString() },
        { "request_time", "1.234" },
        { "request_length", "321" },
        { "bytes_sent", "456" },
        { "body_bytes_sent", "123" },
        { "status", "502" },
        { "limit_req_status", "DELAYED" },
        { "limit_conn_status", "PASSED" },
        { "otel_trace_id", "4bf92f3577b34da6a3ce929d0e0e4736" },
        { "otel_parent_id", "00f067aa0ba902b7" },
        { "otel_parent_sampled", "1" },
        { "connection", "42" },
        { "connection_requests", "3" },
        { "connection_time", "6.233" },
        { "msec", "1795231647.123" },
        { "time_local", "21/Nov/2026:03:27:27 +0000" },
        { "time_iso8601", "2026-11-21T03:27:27+00:00" },
        { "request_completion", "OK" },
        { "content_length", "5" },
        { "content_type", "text/plain" },
        { "pipe", "p" },
        { "sent_http_content_type", "text/html" },
        { "sent_http_missing", "<none>" },
        { "upstream_http_x_up", "1, 2" },
        { "upstream_http_missing", "<none>" },
        { "upstream_cookie_sid", "abc" },
        { "upstream_cookie_path", "<none>" },
        { "upstream_addr", "10.0.0.1:80, unix:/run/up.sock" },
        { "upstream_status", "502, 200" },
        { "upstream_connect_time", "-, 0.000" },
        { "upstream_header_time", "-, 0.010" },
        { "upstream_response_time", "0.005, 1.015" },
        { "upstream_response_length", "0, 600" },
        { "upstream_bytes_received", "0, 700" },
        { "upstream_bytes_sent", "0, 300" },
        { "proxy_host", "admin_backend" },
        { "proxy_port", "80" },
        { "proxy_add_x_forwarded_for", "203.0.113.1, 203.0.113.2, 198.51.100.7" },
        { "proxy_error", "upstream_reset" },
        { "1", "first" },
        { "2", "second" },
        { "3", "<none>" },
        { "tenant", "second" },
    };

    /// <summary>A GET without query, credentials, upstream or PROXY header, not answered yet.</summary>
    public static TheoryData<string, string> ValuesOfBareRequest => new()
    {
        { "host", "api.example.com" },
        { "args", "" },
        { "is_args", "" },
        { "arg_x", "<none>" },
        { "cookie_x", "<none>" },
        { "remote_user", "<none>" },
        { "request", "GET / HTTP/1.0" },
        { "request_uri", "/" },
        { "server_protocol", "HTTP/1.0" },
        { "content_length", "<none>" },
        { "content_type", "<none>" },
        { "proxy_protocol_addr", "<none>" },
        { "proxy_protocol_port", "<none>" },
        { "proxy_protocol_server_addr", "<none>" },
        { "proxy_protocol_server_port", "<none>" },
        { "status", "000" },
        { "request_completion", "" },
        { "pipe", "." },
        { "otel_parent_id", "<none>" },
        { "otel_parent_sampled", "0" },
        { "upstream_addr", "<none>" },
        { "upstream_status", "<none>" },
        { "upstream_connect_time", "<none>" },
        { "upstream_header_time", "<none>" },
        { "upstream_response_time", "<none>" },
        { "upstream_response_length", "<none>" },
        { "upstream_bytes_received", "<none>" },
        { "upstream_bytes_sent", "<none>" },
        { "proxy_host", "<none>" },
        { "proxy_port", "<none>" },
        { "proxy_add_x_forwarded_for", "198.51.100.7" },
        { "proxy_error", "<none>" },
        { "1", "<none>" },
        { "tenant", "<none>" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Variable_prints_what_nginx_prints(string name, string expected) => Assert.Equal(expected, Print(ExchangeBuilder.Full(), name));

    [Theory]
    [MemberData(nameof(ValuesOfBareRequest))]
    public void Variable_of_a_bare_request_is_empty_or_has_no_value(string name, string expected) =>
        Assert.Equal(expected, Print(ExchangeBuilder.Parsed("GET / HTTP/1.0\r\n\r\n"), name));

    [Fact]
    public void Every_variable_is_covered_by_the_table()
    {
        var tested = Values.Select(row => (string)row[0]).ToHashSet();
        Assert.Empty(VariableTable.Names.Except(tested).Except(["request_id", "otel_span_id", .. TlsVariables.All.Select(v => v.Key)]));
    }

    [Fact]
    public void Every_variable_is_documented_and_no_other()
    {
        var rows = File.ReadLines(RepositoryFiles.PathOf("docs", "variables.md")).Where(line => line.StartsWith("| `$", StringComparison.Ordinal));
        var documented = rows.SelectMany(row => row.Split('|')[1].Split(',')).Select(cell => cell.Trim(' ', '`', '$')).Where(name => !name.Contains("_NAME") && name[0] is not ('1' or 'n'));
        Assert.Equal(VariableTable.Names.Order(), documented.Order());
    }

    [Fact]
    public void Request_id_is_the_same_wherever_it_is_printed_and_new_for_the_next_request()
    {
        var exchange = ExchangeBuilder.Full();
        var first = Print(exchange, "request_id");
        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, Print(exchange, "request_id"));
        exchange.Reset();
        Assert.NotEqual(first, Print(exchange, "request_id"));
    }

    [Fact]
    public void Ids_of_the_trace_are_drawn_once_for_a_request()
    {
        var exchange = ExchangeBuilder.Parsed();
        var first = (Print(exchange, "otel_trace_id"), Print(exchange, "otel_span_id"));
        Assert.Matches("^[0-9a-f]{32}$", first.Item1);
        Assert.Matches("^[0-9a-f]{16}$", first.Item2);
        Assert.Equal(first, (Print(exchange, "otel_trace_id"), Print(exchange, "otel_span_id")));
        exchange.Trace.Reset();
        Assert.NotEqual(first.Item1, Print(exchange, "otel_trace_id"));
        Assert.NotEqual(first.Item2, Print(exchange, "otel_span_id"));
    }

    [Theory]
    [InlineData("GET http://Other.example:81/p?x HTTP/1.1\r\nHost: other.example:81\r\n\r\n", "other.example", "/p?x")]
    [InlineData("GET http://other.example HTTP/1.1\r\nHost: other.example\r\n\r\n", "other.example", "/")]
    [InlineData("GET /? HTTP/1.1\r\nHost: [2001:DB8::1]:80\r\n\r\n", "[2001:db8::1]", "/?")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "a", "*")]
    public void Host_and_request_uri_follow_the_form_of_the_target(string request, string host, string uri)
    {
        var exchange = ExchangeBuilder.Parsed(request);
        Assert.Equal(host, Print(exchange, "host"));
        Assert.Equal(uri, Print(exchange, "request_uri"));
    }

    [Fact]
    public void Kept_field_with_underscores_is_found_by_its_variable() =>
        Assert.Equal("v", Print(ExchangeBuilder.Parsed("GET / HTTP/1.1\r\nHost: a\r\nX_Tenant: v\r\n\r\n", underscores: true), "http_x_tenant"));

    [Fact]
    public void Request_that_could_not_be_parsed_shows_its_first_line()
    {
        var exchange = ExchangeBuilder.Parsed();
        exchange.Request.Reset();
        exchange.Request.Own("GET  bad\r\nHost: x"u8);
        Assert.Equal("GET  bad", Print(exchange, "request"));
        exchange.Request.Reset();
        Assert.Equal("<none>", Print(exchange, "request"));
    }

    [Fact]
    public void Every_field_of_a_tls_session_has_its_variable()
    {
        var exchange = ExchangeBuilder.Parsed();
        Assert.Equal("<none>", Print(exchange, "ssl_protocol"));
        exchange.Connection = new DownstreamConnection { Tls = new FakeTlsSession(), Peer = ClientAddress.Unix, Local = ClientAddress.Unix };
        var fields = VariableTable.Names.Where(n => n.StartsWith("ssl_", StringComparison.Ordinal)).Select(n => Print(exchange, n)).ToHashSet();

        Assert.All(Enum.GetNames<TlsField>().Except(["SessionId"]), name => Assert.Contains(name, fields));
    }

    [Fact]
    public void Tls_connection_has_scheme_https()
    {
        var exchange = ExchangeBuilder.Parsed();
        exchange.Connection = new DownstreamConnection { Tls = new FakeTlsSession(), Peer = ClientAddress.Unix, Local = ClientAddress.Unix };
        exchange.Client = ClientAddress.Unix;
        Assert.Equal("https", Print(exchange, "scheme"));
        Assert.Equal("on", Print(exchange, "https"));
        Assert.Equal("Protocol", Print(exchange, "ssl_protocol"));
        Assert.Equal("ClientSubject", Print(exchange, "ssl_client_s_dn"));
        Assert.Equal("<none>", Print(exchange, "ssl_session_id"));
        Assert.Equal("unix:", Print(exchange, "remote_addr"));
        Assert.Equal("", Print(exchange, "remote_port"));
    }

    [Fact]
    public void Sent_fields_come_from_the_head_that_was_sent_when_it_was_kept()
    {
        var exchange = ExchangeBuilder.Full();
        exchange.KeepSentHead("HTTP/1.1 200 OK\r\nX-Added:  one \r\ncontent-type: a/b\r\nX-ADDED: two\r\nContent-Typed: no\r\n\r\n"u8);
        Assert.Equal("one, two", Print(exchange, "sent_http_x_added"));
        Assert.Equal("a/b", Print(exchange, "sent_http_content_type"));
        Assert.Equal("<none>", Print(exchange, "sent_http_x_up"));
    }

    [Fact]
    public void Content_type_sent_by_the_gateway_itself_is_known_without_the_head()
    {
        var exchange = ExchangeBuilder.Parsed();
        exchange.LocalContentType = "text/html"u8.ToArray();
        Assert.Equal("text/html", Print(exchange, "sent_http_content_type"));
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz", "user")]
    [InlineData("basic dTo=", "u")]
    [InlineData("Basic OnBhc3M=", "<none>")]
    [InlineData("Basic dXNlcg==", "<none>")]
    [InlineData("Basic !!!", "<none>")]
    [InlineData("Basic", "<none>")]
    [InlineData("Bearer dXNlcjpwYXNz", "<none>")]
    public void Remote_user_is_the_user_of_basic_authentication(string authorization, string expected) =>
        Assert.Equal(expected, Print(ExchangeBuilder.Parsed($"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\n\r\n"), "remote_user"));

    [Theory]
    [MemberData(nameof(Values))]
    public void Printing_does_not_allocate(string name, string expected)
    {
        var exchange = ExchangeBuilder.Full();
        var reader = VariableTable.Find(name, Scope)!;
        var output = new ByteBuffer(1024);
        Assert.NotNull(expected);
        for (var i = 0; i < 2; i++)
        {
            output.Clear();
            reader(exchange, output);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            output.Clear();
            reader(exchange, output);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Print(HttpExchange exchange, string name)
    {
        var reader = VariableTable.Find(name, Scope);
        Assert.NotNull(reader);
        var output = new ByteBuffer();
        var found = reader(exchange, output);
        Assert.True(found || output.Length == 0, "a variable without value has printed something");
        return found ? Encoding.Latin1.GetString(output.Written) : "<none>";
    }
}
