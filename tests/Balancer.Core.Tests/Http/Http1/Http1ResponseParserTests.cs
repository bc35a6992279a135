using System.Text;

namespace Balancer.Http.Http1;

public sealed class Http1ResponseParserTests
{
    private readonly Http1ResponseParser _parser = new(HeadLimits.OfSize(8192));
    private readonly ResponseHead _head = new();

    public static TheoryData<string> MalformedNames => new(MalformedResponses.All.Select(r => r.Name));

    [Fact]
    public void Response_is_split_into_its_parts()
    {
        const string Head = "HTTP/1.1 404 Not Found\r\nContent-Length: 012\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX_Far: 2\r\n\r\n";

        var result = Parse(Head + "not found");

        Assert.Equal(HeadParseResult.Complete(Head.Length), result);
        Assert.Equal(404, _head.Status);
        Assert.Equal("Not Found", Text(_head.Reason));
        Assert.Equal(12, _head.ContentLength);
        Assert.Equal("12", Text(_head.Value(KnownHeader.ContentLength)));
        Assert.False(_head.KeepAlive);
        Assert.Equal(HeaderFieldFlags.None, _head.Headers.Fields[0].Flags);
        Assert.Equal(HeaderFieldFlags.HopByHop | HeaderFieldFlags.Canonical, _head.Headers.Fields[2].Flags);
        Assert.Equal(HeaderFieldFlags.Canonical, _head.Headers.Fields[3].Flags);
    }

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public void Malformed_head_is_refused_alike_however_it_is_cut(string name)
    {
        var row = MalformedResponses.Get(name);
        var data = Encoding.Latin1.GetBytes(row.Text);
        Assert.Equal(HeadParseResult.Invalid(row.Error), Parse(row.Text));
        _head.Reset();

        var result = HeadParseResult.NeedMore;
        for (var length = 0; length <= data.Length && result.Status == HeadParseStatus.NeedMore; length += Math.Max(1, data.Length / 500))
        {
            result = _parser.Parse(data.AsSpan(0, length), _head);
        }

        Assert.Equal(row.Error, (result.Status == HeadParseStatus.NeedMore ? _parser.Parse(data, _head) : result).Error);
    }

    [Fact]
    public void Table_of_malformed_heads_is_complete_and_unique()
    {
        Assert.True(MalformedResponses.All.Count >= 50);
        Assert.Distinct(MalformedResponses.All.Select(r => r.Name));
        Assert.Distinct(MalformedResponses.All.Select(r => r.Text));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "OK")]
    [InlineData("HTTP/1.1 200 \r\n\r\n", 200, "")]
    [InlineData("HTTP/1.1 200\r\nX: 1\r\n\r\n", 200, "")]
    [InlineData("HTTP/1.0 999 \u00c4  b\t\r\n\r\n", 999, "\u00c4  b\t")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", 100, "Continue")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink:\r\n\r\n", 103, "Early Hints")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: a,b,close\r\nA: 1\r\nB:1\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "OK")]
    public void Valid_head_is_taken_alike_however_it_is_cut(string text, int status, string reason)
    {
        var data = Encoding.Latin1.GetBytes(text + "body\n");
        Assert.Equal(HeadParseResult.Complete(text.Length), Parse(Encoding.Latin1.GetString(data)));
        Assert.Equal(status, _head.Status);
        Assert.Equal(reason, Text(_head.Reason));

        for (var cut = 0; cut < text.Length; cut++)
        {
            var head = new ResponseHead();
            Assert.Equal(HeadParseResult.NeedMore, _parser.Parse(data.AsSpan(0, cut), head));
            Assert.Equal(HeadParseResult.Complete(text.Length), _parser.Parse(data, head));
            Assert.Equal(_head.Headers.Fields.ToArray(), head.Headers.Fields.ToArray());
            Assert.Equal(
                (_head.Status, _head.ReasonRange, _head.Version, _head.KeepAlive, _head.ContentLength, _head.IsChunked),
                (head.Status, head.ReasonRange, head.Version, head.KeepAlive, head.ContentLength, head.IsChunked));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "", true)]
    [InlineData("HTTP/1.1 200 OK\r\n", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.2 200 OK\r\n", "", true)]
    [InlineData("HTTP/1.0 200 OK\r\n", "", false)]
    [InlineData("HTTP/1.0 200 OK\r\n", "Connection: Keep-Alive\r\n", true)]
    public void Connection_says_whether_it_persists(string line, string fields, bool keepAlive)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse(line + fields + "\r\n").Status);

        Assert.Equal(keepAlive, _head.KeepAlive);
    }

    [Theory]
    [InlineData(200, "Content-Length: 5", "Get", "ContentLength")]
    [InlineData(200, "Content-Length: 0", "Get", "None")]
    [InlineData(200, "Content-Length: 5", "Head", "None")]
    [InlineData(200, "Transfer-Encoding: chunked", "Get", "Chunked")]
    [InlineData(200, "Transfer-Encoding: chunked", "Head", "None")]
    [InlineData(200, "X: 1", "Get", "UntilClose")]
    [InlineData(200, "X: 1", "Head", "None")]
    [InlineData(100, "X: 1", "Post", "None")]
    [InlineData(101, "X: 1", "Get", "None")]
    [InlineData(103, "X: 1", "Get", "None")]
    [InlineData(204, "X: 1", "Get", "None")]
    [InlineData(204, "Content-Length: 5", "Get", "None")]
    [InlineData(304, "Content-Length: 5", "Get", "None")]
    [InlineData(304, "Transfer-Encoding: chunked", "Get", "None")]
    [InlineData(205, "X: 1", "Get", "UntilClose")]
    [InlineData(500, "Content-Length: 5", "Post", "ContentLength")]
    public void Body_is_framed_by_rfc_9112_section_6_3(int status, string field, string method, string framing)
    {
        Assert.Equal(HeadParseStatus.Complete, Parse($"HTTP/1.1 {status} x\r\n{field}\r\n\r\n").Status);

        Assert.Equal(framing, _head.Framing(Enum.Parse<KnownMethod>(method)).ToString());
    }

    [Fact]
    public void Head_of_exactly_the_limit_is_taken() =>
        Assert.Equal(HeadParseStatus.Complete, Parse("HTTP/1.1 200 OK\r\nX: " + new string('a', 8192 - 24) + "\r\n\r\n").Status);

    [Fact]
    public void Steady_state_does_not_allocate()
    {
        var data = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: now\r\nContent-Length: 64\r\nConnection: keep-alive\r\n\r\n");
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
