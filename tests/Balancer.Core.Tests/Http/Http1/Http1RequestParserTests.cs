using System.Text;

namespace Balancer.Http.Http1;

public sealed class Http1RequestParserTests
{
    private readonly Http1RequestParser _parser = new(HeadLimits.Requests);
    private readonly RequestHead _head = new();

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
