using System.Text;

namespace Balancer.Http.Http1;

public sealed class Http1ResponseParserTests
{
    [Fact]
    public void Response_is_split_into_its_parts()
    {
        const string Text = "HTTP/1.1 404 Not Found\r\nContent-Length: 012\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Far: 2\r\n\r\n";
        var data = Encoding.ASCII.GetBytes(Text + "not found");
        var head = new ResponseHead();

        var result = new Http1ResponseParser(HeadLimits.OfSize(8192)).Parse(data, head);

        Assert.Equal(HeadParseResult.Complete(Text.Length), result);
        head.Own(data.AsSpan(0, result.Consumed));
        Assert.Equal(404, head.Status);
        Assert.Equal("Not Found"u8, head.Reason);
        Assert.Equal(12, head.ContentLength);
        Assert.Equal("12"u8, head.Value(KnownHeader.ContentLength));
        Assert.False(head.KeepAlive);
        Assert.Equal(BodyFraming.ContentLength, head.Framing(KnownMethod.Get));
        Assert.Equal(BodyFraming.None, head.Framing(KnownMethod.Head));
        Assert.Equal(HeaderFieldFlags.HopByHop | HeaderFieldFlags.Canonical, head.Headers.Fields[2].Flags);
        Assert.Equal(HeaderFieldFlags.Canonical, head.Headers.Fields[3].Flags);
    }
}
