using System.Text;
using System.Text.Json;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

public sealed class LogFormatTests
{
    private static readonly VariableScope Scope = new(new WallClock(new FakeTimeProvider()));

    [Fact]
    public void Combined_is_that_of_nginx() => Assert.Equal(
        "198.51.100.7 - user [21/Nov/2026:03:27:27 +0000] \"POST /a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2 HTTP/1.1\" 502 123 \"http://ref/\" \"curl/8.0\"\n",
        Write(LogFormat.Combined(Scope), ExchangeBuilder.Full()));

    [Fact]
    public void Combined_prints_a_hyphen_for_what_is_missing() => Assert.Equal(
        "198.51.100.7 - - [21/Nov/2026:03:27:27 +0000] \"GET / HTTP/1.1\" 000 0 \"-\" \"-\"\n",
        Write(LogFormat.Combined(Scope), ExchangeBuilder.Parsed()));

    [Fact]
    public void Json_is_one_object_with_numbers_where_numbers_belong()
    {
        var line = Write(LogFormat.Json(Scope), ExchangeBuilder.Full());
        Assert.EndsWith("}\n", line);
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal("2026-11-21T03:27:27+00:00", root.GetProperty("time").GetString());
        Assert.Equal("POST", root.GetProperty("method").GetString());
        Assert.Equal(502, root.GetProperty("status").GetInt32());
        Assert.Equal(1.234, root.GetProperty("request_time").GetDouble());
        Assert.Equal("10.0.0.1:80, unix:/run/up.sock", root.GetProperty("upstream_addr").GetString());
        Assert.Equal("upstream_reset", root.GetProperty("error").GetString());
    }

    [Fact]
    public void Json_of_a_request_without_anything_is_still_json()
    {
        using var json = JsonDocument.Parse(Write(LogFormat.Json(Scope), ExchangeBuilder.Parsed()));
        Assert.Equal("000", json.RootElement.GetProperty("status").GetString());
        Assert.Equal("", json.RootElement.GetProperty("referer").GetString());
    }

    [Theory]
    [InlineData("$uri $http_none", "/\\x22\\x0A -\n")]
    [InlineData("escape=default $uri", "/\\x22\\x0A\n")]
    [InlineData("escape=none $uri|$http_none|", "/\"\n||\n")]
    [InlineData("escape=json $uri|$http_none|", "/\\\"\\n||\n")]
    [InlineData("escape=json {\"a\":$status,\"b\":$http_none,\"c\":$uri,\"d\":\"\\\"$uri\",\"e\":$request_time}", "{\"a\":200,\"b\":null,\"c\":\"/\\\"\\n\",\"d\":\"\\\"/\\\"\\n\",\"e\":1.500}\n")]
    public void Own_format_is_escaped_as_it_says(string format, string expected)
    {
        var exchange = ExchangeBuilder.Parsed();
        exchange.NormalizedPath = "/\"\n"u8.ToArray();
        exchange.Status = 200;
        exchange.EndTimestamp = System.Diagnostics.Stopwatch.Frequency * 3 / 2;
        Assert.Equal(expected, Write(Compile(format), exchange));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("12", true)]
    [InlineData("1.5", true)]
    [InlineData("0.000", true)]
    [InlineData("01", false)]
    [InlineData("1.", false)]
    [InlineData(".5", false)]
    [InlineData("-", false)]
    [InlineData("1, 2", false)]
    [InlineData("1.2.3", false)]
    [InlineData("0x10", false)]
    public void Value_outside_quotes_is_a_number_only_if_it_is_one(string value, bool isNumber)
    {
        var exchange = ExchangeBuilder.Parsed($"GET / HTTP/1.1\r\nHost: a\r\nX-V: {value}\r\n\r\n");
        Assert.Equal(isNumber ? $"{{\"v\":{value}}}\n" : $"{{\"v\":\"{value}\"}}\n", Write(Compile("escape=json {\"v\":$http_x_v}"), exchange));
    }

    [Theory]
    [InlineData("escape=xml $uri", 17, "unknown escaping 'xml', expected default, json or none")]
    [InlineData("escape=json $urii", 22, "unknown variable '$urii', did you mean '$uri'?")]
    [InlineData("escape=", 17, "unknown escaping '', expected default, json or none")]
    public void Fault_is_reported_where_it_stands(string format, int column, string message)
    {
        var errors = new List<ConfigError>();
        LogFormat.Compile(new ConfigText(format, new SourceLocation("f", 2, 10)), Scope, errors);
        Assert.Equal(new ConfigError(new SourceLocation("f", 2, column), message), Assert.Single(errors));
    }

    [Fact]
    public void Writing_does_not_allocate()
    {
        var exchange = ExchangeBuilder.Full();
        var output = new ByteBuffer(4096);
        LogFormat[] formats = [LogFormat.Combined(Scope), LogFormat.Json(Scope), Compile("escape=json {\"u\":$http_user_agent,\"v\":\"$http_cookie\"}")];
        var before = 0L;
        for (var i = 0; i < 20; i++)
        {
            before = i == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            foreach (var format in formats)
            {
                output.Clear();
                format.Write(exchange, output);
            }
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static LogFormat Compile(string text)
    {
        var errors = new List<ConfigError>();
        var format = LogFormat.Compile(new ConfigText(text, SourceLocation.None), Scope, errors);
        Assert.Empty(errors);
        return format;
    }

    private static string Write(LogFormat format, HttpExchange exchange)
    {
        var output = new ByteBuffer();
        format.Write(exchange, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
