using System.Text;

namespace Balancer.Http.Http1;

public sealed class ChunkedDecoderTests
{
    [Fact]
    public void Payload_comes_as_slices_of_the_input_and_trailers_as_fields()
    {
        const string Body = "4;a=\"b\\\"\"\r\nWiki\r\n005\r\npedia\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\n";
        var decoder = new ChunkedDecoder(HeadLimits.Requests);
        var decoded = Decode(ref decoder, Body + "GET /", out var status, out var consumed);

        Assert.Equal(ChunkedStatus.Complete, status);
        Assert.Equal("Wikipedia", decoded);
        Assert.Equal(Body.Length, consumed);
        var trailers = decoder.Trailers!;
        Assert.Equal(2, trailers.Headers.Count);
        Assert.Equal("1", Encoding.ASCII.GetString(trailers.Value(trailers.Headers.Fields[0])));
        Assert.Equal(HeaderFieldFlags.Canonical, trailers.Headers.Fields[0].Flags);
        Assert.True(trailers.Headers.Fields[1].Flags.HasFlag(HeaderFieldFlags.Dropped));
    }

    private static string Decode(ref ChunkedDecoder decoder, string text, out ChunkedStatus status, out int consumed)
    {
        var input = Encoding.Latin1.GetBytes(text).AsSpan();
        var payload = new StringBuilder();
        consumed = 0;
        do
        {
            status = decoder.Read(input[consumed..], out var taken, out var length);
            consumed += taken;
            payload.Append(Encoding.Latin1.GetString(input[(consumed - length)..consumed]));
        }
        while (status == ChunkedStatus.Payload);

        return payload.ToString();
    }
}
