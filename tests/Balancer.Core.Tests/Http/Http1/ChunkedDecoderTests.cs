using System.Text;

namespace Balancer.Http.Http1;

public sealed class ChunkedDecoderTests
{
    public static TheoryData<string> MalformedNames => new(MalformedChunkedBodies.All.Select(r => r.Name));

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

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public void Malformed_body_is_refused_alike_however_it_is_cut(string name)
    {
        var row = MalformedChunkedBodies.Get(name);
        var whole = new ChunkedDecoder(HeadLimits.Requests);
        Decode(ref whole, row.Text, out var status, out _);
        Assert.Equal((ChunkedStatus.Invalid, row.Error), (status, whole.Error));

        var bytewise = new ChunkedDecoder(HeadLimits.Requests);
        foreach (var character in row.Text)
        {
            Decode(ref bytewise, character.ToString(), out status, out _);
            if (status == ChunkedStatus.Invalid)
            {
                break;
            }
        }

        Assert.Equal((ChunkedStatus.Invalid, row.Error), (status, bytewise.Error));
    }

    [Fact]
    public void Table_of_malformed_bodies_is_complete_and_unique()
    {
        Assert.True(MalformedChunkedBodies.All.Count >= 40);
        Assert.Distinct(MalformedChunkedBodies.All.Select(r => r.Name));
        Assert.Distinct(MalformedChunkedBodies.All.Select(r => r.Text));
    }

    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("000\r\n\r\n", "")]
    [InlineData("0;last\r\n\r\n", "")]
    [InlineData("1\r\na\r\n0\r\n\r\n", "a")]
    [InlineData("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789")]
    [InlineData("0000000000000001\r\na\r\n0\r\n\r\n", "a")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n")]
    [InlineData("1;a\r\na\r\n0\r\n\r\n", "a")]
    [InlineData("1;a=b;c=\"d;\\\"\\\\\u00e4\t\";e\r\na\r\n0\r\n\r\n", "a")]
    [InlineData("1 \t ; \t a \t = \t b ; c\r\na\r\n0\r\n\r\n", "a")]
    [InlineData("1\r\na\r\n0\r\nX: 1\r\n\r\n", "a")]
    [InlineData("1\r\na\r\n0;e\r\nX:1\r\nY-Z:\r\nGrpc-Status:  0 \r\n\r\n", "a")]
    public void Valid_body_is_decoded_alike_however_it_is_cut(string body, string payload)
    {
        var expected = new ChunkedDecoder(HeadLimits.Requests);
        Assert.Equal(payload, Decode(ref expected, body + "rest", out var status, out var consumed));
        Assert.Equal((ChunkedStatus.Complete, body.Length), (status, consumed));
        var fields = Fields(expected);
        var reused = new ChunkedDecoder(HeadLimits.Requests);
        for (var cut = 0; cut <= body.Length; cut++)
        {
            reused.Reset();
            var decoded = Decode(ref reused, body[..cut], out status, out consumed);
            Assert.Equal((cut < body.Length ? ChunkedStatus.NeedMore : ChunkedStatus.Complete, cut), (status, consumed));
            decoded += Decode(ref reused, body[cut..] + "rest", out status, out consumed);
            Assert.Equal((ChunkedStatus.Complete, body.Length - cut), (status, consumed));
            Assert.Equal(payload, decoded);
            Assert.Equal(fields, Fields(reused));
        }
    }

    [Fact]
    public void Largest_chunk_size_is_taken()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Requests);

        Decode(ref decoder, "7fffffffffffffff\r\nabc", out var status, out _);

        Assert.Equal(ChunkedStatus.NeedMore, status);
        Assert.Equal(long.MaxValue - 3, decoder.Remaining);
    }

    [Theory]
    [InlineData("Grpc-Status", false)]
    [InlineData("X-Checksum", false)]
    [InlineData("Server-Timing", false)]
    [InlineData("ETag", false)]
    [InlineData("Host", true)]
    [InlineData("content-length", true)]
    [InlineData("Transfer-Encoding", true)]
    [InlineData("Content-Type", true)]
    [InlineData("Content-Range", true)]
    [InlineData("Connection", true)]
    [InlineData("Authorization", true)]
    [InlineData("Proxy-Foo", true)]
    [InlineData("Cookie", true)]
    [InlineData("Set-Cookie", true)]
    [InlineData("Cache-Control", true)]
    [InlineData("Expires", true)]
    [InlineData("If-None-Match", true)]
    [InlineData("max-forwards", true)]
    [InlineData("WWW-Authenticate", true)]
    [InlineData("X-Forwarded-For", true)]
    [InlineData("X-Forwarded-Client-Cert", true)]
    [InlineData("X-Real-IP", true)]
    [InlineData("X_Under", true)]
    public void Fields_that_may_not_be_trailers_are_dropped(string name, bool dropped)
    {
        var decoder = new ChunkedDecoder(HeadLimits.Requests);
        Decode(ref decoder, $"0\r\n{name}: 1\r\n\r\n", out var status, out _);

        Assert.Equal(ChunkedStatus.Complete, status);
        Assert.Equal(dropped, decoder.Trailers!.Headers.Fields[0].Flags.HasFlag(HeaderFieldFlags.Dropped));
    }

    [Fact]
    public void Steady_state_does_not_allocate()
    {
        var body = Encoding.ASCII.GetBytes("400;x=y\r\n" + new string('a', 1024) + "\r\n5\r\nhello\r\n0\r\n\r\n");
        var decoder = new ChunkedDecoder(HeadLimits.Requests);
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                decoder.Reset();
                var position = 0;
                while (decoder.Read(body.AsSpan(position), out var consumed, out _) == ChunkedStatus.Payload)
                {
                    position += consumed;
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();

        Assert.Equal(0, Measure());
    }

    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(0x123456789abcdef, "123456789abcdef\r\n")]
    [InlineData(long.MaxValue, "7fffffffffffffff\r\n")]
    public void Size_line_is_written_in_its_shortest_form(long size, string expected)
    {
        var buffer = new byte[ChunkWriter.MaxHeadLength];

        var length = ChunkWriter.WriteHead(buffer, size);

        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, length));
        Assert.Equal(expected.Length, ChunkWriter.HeadLength(size));
    }

    [Fact]
    public void Chunk_of_nothing_cannot_be_written_by_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkWriter.WriteHead(new byte[18], 0));

    private static string Fields(ChunkedDecoder decoder)
    {
        var trailers = decoder.Trailers;
        return trailers is null ? "" : Encoding.Latin1.GetString(trailers.Bytes) + string.Join('|', trailers.Headers.Fields.ToArray().Select(f => $"{f.NameStart} {f.NameLength} {f.ValueStart} {f.ValueLength} {f.Flags}"));
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
