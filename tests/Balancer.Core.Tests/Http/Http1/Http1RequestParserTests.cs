using System.Text;

namespace Balancer.Http.Http1;

public sealed class Http1RequestParserTests
{
    private readonly Http1RequestParser _parser = new(HeadLimits.Requests);
    private readonly RequestHead _head = new();

    public static TheoryData<string> MalformedNames => new(MalformedRequests.All.Select(r => r.Name));

    [Fact]
    public void Get_is_split_into_its_parts()
    {
        const string Head = "GET /a/b?x=1&y HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent:  curl \r\nAccept: */*\r\n\r\n";
        var result = Parse(Head + "rest");

        Assert.Equal(HeadParseResult.Complete(Head.Length), result);
        Assert.Equal("GET", Text(_head.Method));
        Assert.Equal(KnownMethod.Get, _head.KnownMethod);
        Assert.Equal("/a/b?x=1&y", Text(_head.Target));
        Assert.Equal("/a/b", Text(_head.Path));
        Assert.Equal("x=1&y", Text(_head.Query));
        Assert.True(_head.HasQuery);
        Assert.Equal("example.com:8080", Text(_head.Host));
        Assert.Equal("example.com", Text(_head.HostName));
        Assert.Equal(11, _head.Version);
        Assert.True(_head.KeepAlive);
        Assert.Equal(3, _head.Headers.Count);
        Assert.Equal("curl", Text(_head.Value(KnownHeader.UserAgent)));
        Assert.Equal(HeaderFieldFlags.None, _head.Headers.Fields[1].Flags);
        Assert.Equal(HeaderFieldFlags.Canonical, _head.Headers.Fields[2].Flags);
        Assert.False(_head.HasBody);
        Assert.EndsWith("*/*\r\n\r\n", Text(_head.Bytes));
    }

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public void Malformed_head_is_refused(string name)
    {
        var row = MalformedRequests.Get(name);

        Assert.Equal(HeadParseResult.Invalid(row.Error), Parse(row.Text));
        Assert.Equal(row.Status, HeadErrors.Status(row.Error));
        Assert.NotEmpty(HeadErrors.Reason(row.Error));
    }

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public void Malformed_head_is_refused_alike_however_it_is_cut(string name)
    {
        var row = MalformedRequests.Get(name);
        var data = Encoding.Latin1.GetBytes(row.Text);
        var step = Math.Max(1, data.Length / 500);
        var result = HeadParseResult.NeedMore;

        for (var length = 0; length <= data.Length && result.Status == HeadParseStatus.NeedMore; length += step)
        {
            result = _parser.Parse(data.AsSpan(0, length), _head);
        }

        Assert.Equal(row.Error, (result.Status == HeadParseStatus.NeedMore ? _parser.Parse(data, _head) : result).Error);
    }

    [Fact]
    public void Table_of_malformed_heads_is_complete_and_unique()
    {
        Assert.True(MalformedRequests.All.Count >= 100);
        Assert.Distinct(MalformedRequests.All.Select(r => r.Name));
        Assert.Distinct(MalformedRequests.All.Select(r => r.Text));
    }

    [Theory]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.2\r\nHost: h\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("BASELINE-CONTROL / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /a|b{c}[d]^`\\\"<>~?|{}[]^`\\\"<>~?/ HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET //a/../%zz HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX:\r\nY: \r\nZ:\t\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: \u00e4\u00ff\t\u0080\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n!#$%&'*+-.^`|~09azAZ: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nhOsT:h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999999999\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:  \t CHUNKED \t \r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PRI / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("P / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST http://h:80/a?b HTTP/1.1\r\nHost: other\r\nConnection: a, close ,, upgrade\r\nConnection: x-b\r\na: 1\r\nx-B: 2\r\nUpgrade: websocket\r\nx_y: 1\r\nContent-Length: 07\r\n\r\n")]
    public void Valid_head_is_taken_alike_however_it_is_cut(string text)
    {
        var data = Encoding.Latin1.GetBytes(text + "GET /next HTTP/1.1\r\n");
        var whole = new RequestHead();
        var expected = new Http1RequestParser(HeadLimits.Requests).Parse(data, whole);
        Assert.Equal(HeadParseResult.Complete(text.Length), expected);
        whole.Own(data);

        for (var cut = 0; cut <= text.Length; cut++)
        {
            var head = new RequestHead();
            var result = _parser.Parse(data.AsSpan(0, cut), head);
            if (cut < text.Length)
            {
                Assert.Equal(HeadParseResult.NeedMore, result);
                result = _parser.Parse(data, head);
            }

            Assert.Equal(expected, result);
            head.Own(data);
            AssertSame(whole, head);
        }

        var bytewise = new RequestHead();
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Equal(HeadParseResult.NeedMore, _parser.Parse(data.AsSpan(0, length), bytewise));
        }

        Assert.Equal(expected, _parser.Parse(data.AsSpan(0, text.Length), bytewise));
        bytewise.Own(data);
        AssertSame(whole, bytewise);
    }

    [Theory]
    [InlineData("/a?b", "/a", "b", true, nameof(TargetForm.Origin), "h", "h")]
    [InlineData("/a?", "/a", "", true, nameof(TargetForm.Origin), "h", "h")]
    [InlineData("/a", "/a", "", false, nameof(TargetForm.Origin), "h", "h")]
    [InlineData("/a?b?c=/d", "/a", "b?c=/d", true, nameof(TargetForm.Origin), "h", "h")]
    [InlineData("//a//b", "//a//b", "", false, nameof(TargetForm.Origin), "h", "h")]
    [InlineData("http://x.example:81/a?b", "/a", "b", true, nameof(TargetForm.Absolute), "x.example:81", "x.example")]
    [InlineData("HTTPS://x.example", "/", "", false, nameof(TargetForm.Absolute), "x.example", "x.example")]
    [InlineData("http://x.example.?b", "/", "b", true, nameof(TargetForm.Absolute), "x.example.", "x.example")]
    [InlineData("http://[::1]:81/", "/", "", false, nameof(TargetForm.Absolute), "[::1]:81", "[::1]")]
    public void Target_is_split_by_its_form(string target, string path, string query, bool hasQuery, string form, string host, string hostName)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n").Status);

        Assert.Equal(path, Text(_head.Path));
        Assert.Equal(query, Text(_head.Query));
        Assert.Equal(hasQuery, _head.HasQuery);
        Assert.Equal(form, _head.Form.ToString());
        Assert.Equal(host, Text(_head.Host));
        Assert.Equal(hostName, Text(_head.HostName));
        Assert.Equal(target, Text(_head.Target));
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true, false)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false, false)]
    [InlineData("HTTP/1.1", "Connection: Close , keep-alive\r\n", false, false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\nConnection: CLOSE\r\n", false, false)]
    [InlineData("HTTP/1.1", "Connection: closed\r\n", true, false)]
    [InlineData("HTTP/1.1", "Proxy-Connection: close\r\n", true, false)]
    [InlineData("HTTP/1.0", "", false, false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true, false)]
    [InlineData("HTTP/1.0", "Connection: keep-alive, close\r\n", false, false)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket\r\n", true, true)]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n", true, true)]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\n", true, false)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\n", true, false)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade:\r\n", true, false)]
    [InlineData("HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n", false, false)]
    [InlineData("HTTP/1.1", "Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n", true, false)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket, H2C\r\n", true, false)]
    public void Connection_says_whether_it_persists_and_upgrades(string version, string fields, bool keepAlive, bool upgrade)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"GET / {version}\r\nHost: h\r\n{fields}\r\n").Status);

        Assert.Equal(keepAlive, _head.KeepAlive);
        Assert.Equal(upgrade, _head.HasUpgrade);
    }

    [Theory]
    [InlineData("X-Hop", true)]
    [InlineData("x-HOP", true)]
    [InlineData("X-Far", false)]
    [InlineData("Host", false)]
    [InlineData("Content-Length", false)]
    [InlineData("Authorization", false)]
    [InlineData("Cookie", false)]
    [InlineData("X-Forwarded-For", false)]
    [InlineData("X-Real-IP", false)]
    [InlineData("Connection", true)]
    [InlineData("Keep-Alive", true)]
    [InlineData("Proxy-Connection", true)]
    [InlineData("TE", true)]
    [InlineData("Transfer-Encoding", true)]
    [InlineData("Upgrade", true)]
    [InlineData("HTTP2-Settings", true)]
    [InlineData("Trailer", false)]
    [InlineData("Proxy-Authorization", false)]
    public void Fields_of_this_hop_are_flagged_and_no_one_can_nominate_others_away(string name, bool hopByHop)
    {
        var value = name switch
        {
            "Transfer-Encoding" => "chunked",
            "Connection" => "close",
            "Host" => "h",
            _ => "1",
        };
        var host = name == "Host" ? "" : "Host: h\r\n";
        Assert.Equal(HeadParseStatus.Complete, Parse($"POST / HTTP/1.1\r\n{host}{name}: {value}\r\nConnection: x-hop, Host, Content-Length, Authorization, Cookie, X-Forwarded-For, X-Real-IP, Trailer\r\n\r\n").Status);

        var field = _head.Headers.Fields[host.Length == 0 ? 0 : 1];
        Assert.Equal(name, Text(_head.Name(field)));
        Assert.Equal(hopByHop, field.Flags.HasFlag(HeaderFieldFlags.HopByHop));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void Names_with_underscore_are_dropped_and_counted_unless_allowed(bool allowed, int dropped)
    {
        _parser.Limits = HeadLimits.Requests with { UnderscoresInHeaders = allowed };
        Assert.Equal(HeadParseStatus.Complete, Parse("GET / HTTP/1.1\r\nHost: h\r\nX_Forwarded_For: 1\r\nContent_Length: 5\r\nX-Y: a_b\r\n\r\n").Status);

        Assert.Equal(dropped, _head.DroppedFields);
        Assert.Equal(dropped, _head.Headers.Fields.ToArray().Count(f => f.Flags.HasFlag(HeaderFieldFlags.Dropped)));
        Assert.Equal(-1, _head.ContentLength);
    }

    [Theory]
    [InlineData("Content-Length: 0", 0, false, false)]
    [InlineData("Content-Length: 00012", 12, false, true)]
    [InlineData("Content-Length: 000000000000000000000000000000", 0, false, false)]
    [InlineData("Transfer-Encoding: Chunked", -1, true, true)]
    [InlineData("X: 1", -1, false, false)]
    public void Framing_of_the_body_is_read(string field, long contentLength, bool chunked, bool hasBody)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"POST / HTTP/1.1\r\nHost: h\r\n{field}\r\n\r\n").Status);

        Assert.Equal(contentLength, _head.ContentLength);
        Assert.Equal(chunked, _head.IsChunked);
        Assert.Equal(hasBody, _head.HasBody);
        if (contentLength >= 0)
        {
            Assert.Equal(contentLength.ToString(), Text(_head.Value(KnownHeader.ContentLength)));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1", "Expect: 100-Continue", true)]
    [InlineData("HTTP/1.0", "Expect: 100-continue", false)]
    [InlineData("HTTP/1.1", "X: 100-continue", false)]
    public void Expectation_counts_from_http_1_1_on(string version, string field, bool expects)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"POST / {version}\r\nHost: h\r\n{field}\r\n\r\n").Status);

        Assert.Equal(expects, _head.ExpectsContinue);
    }

    [Theory]
    [InlineData("a.example", "a.example")]
    [InlineData("a.example.", "a.example")]
    [InlineData("A.example:", "A.example")]
    [InlineData("a.example.:65535", "a.example")]
    [InlineData("a_b~!$&'()*+,;=-.example", "a_b~!$&'()*+,;=-.example")]
    [InlineData("a%2Fb%c3%A9.example:80", "a%2Fb%c3%A9.example")]
    [InlineData("127.0.0.1:8080", "127.0.0.1")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    [InlineData("[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]")]
    public void Host_is_split_from_its_port(string host, string name)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"GET / HTTP/1.1\r\nHost:  {host}\r\n\r\n").Status);

        Assert.Equal(host, Text(_head.Host));
        Assert.Equal(name, Text(_head.HostName));
    }

    [Theory]
    [InlineData("GET", nameof(KnownMethod.Get))]
    [InlineData("HEAD", nameof(KnownMethod.Head))]
    [InlineData("POST", nameof(KnownMethod.Post))]
    [InlineData("PUT", nameof(KnownMethod.Put))]
    [InlineData("DELETE", nameof(KnownMethod.Delete))]
    [InlineData("OPTIONS", nameof(KnownMethod.Options))]
    [InlineData("PATCH", nameof(KnownMethod.Patch))]
    [InlineData("LOCK", nameof(KnownMethod.Lock))]
    [InlineData("PROPFIND", nameof(KnownMethod.Other))]
    [InlineData("GETX", nameof(KnownMethod.Other))]
    [InlineData("get", nameof(KnownMethod.Other))]
    public void Method_is_known_by_its_exact_name(string method, string known)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"{method} / HTTP/1.1\r\nHost: h\r\n\r\n").Status);

        Assert.Equal(known, _head.KnownMethod.ToString());
        Assert.Equal(method, Text(_head.Method));
    }

    [Fact]
    public void Preface_of_http_2_is_recognised_from_any_pieces()
    {
        const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (var length = 0; length < Preface.Length; length++)
        {
            Assert.Equal(HeadParseResult.NeedMore, Parse(Preface[..length]));
        }

        Assert.Equal(HeadParseStatus.Http2Preface, Parse(Preface + "\0\0\0").Status);
    }

    [Fact]
    public void Lines_and_heads_of_exactly_the_limit_are_taken()
    {
        var target = new string('a', 8192 - 16 + 1);
        Assert.Equal(HeadParseStatus.Complete, Parse($"GET /{target[1..]} HTTP/1.1\r\nHost: h\r\n\r\n").Status);
        _head.Reset();
        Assert.Equal(HeadParseStatus.Complete, Parse("GET / HTTP/1.1\r\nHost: h\r\nX: " + new string('a', 8192 - 5) + "\r\n\r\n").Status);
        _head.Reset();
        _parser.Limits = new HeadLimits(64, 64, MaxFields: 2);
        const string Head = "GET / HTTP/1.1\r\nHost: h\r\nX: 67890123456789012345678901234567\r\n\r\n";
        Assert.Equal(64, Head.Length);
        Assert.Equal(HeadParseStatus.Complete, Parse(Head).Status);
        _head.Reset();
        Assert.Equal(HeadError.HeadTooLarge, Parse(Head.Replace("X: ", "X: a", StringComparison.Ordinal)).Error);
        _head.Reset();
        Assert.Equal(HeadError.TooManyFields, Parse("GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\n\r\n").Error);
    }

    [Fact]
    public void Steady_state_does_not_allocate()
    {
        var data = Encoding.ASCII.GetBytes("GET /a?b HTTP/1.1\r\nHost: example.com\r\nUser-Agent: x\r\nAccept: */*\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n\r\n");
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                _head.Reset();
                var result = _parser.Parse(data, _head);
                _head.Own(data.AsSpan(0, result.Consumed));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();

        Assert.Equal(0, Measure());
    }

    private static void AssertSame(RequestHead expected, RequestHead actual)
    {
        Assert.Equal(Describe(expected), Describe(actual));
        Assert.Equal(expected.Headers.Fields.ToArray(), actual.Headers.Fields.ToArray());
    }

    private static string Describe(RequestHead head) => string.Join(
        ' ',
        head.KnownMethod, head.MethodRange, head.TargetRange, head.PathRange, head.QueryRange, head.HasQuery, head.HostRange, head.HostNameLength,
        head.Form, head.Version, head.KeepAlive, head.ContentLength, head.IsChunked, head.ExpectsContinue, head.HasUpgrade, head.DroppedFields);

    private HeadParseResult Parse(string text)
    {
        var data = Encoding.Latin1.GetBytes(text);
        var result = _parser.Parse(data, _head);
        if (result.Status == HeadParseStatus.Complete)
        {
            _head.Own(data.AsSpan(0, result.Consumed));
        }

        return result;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
