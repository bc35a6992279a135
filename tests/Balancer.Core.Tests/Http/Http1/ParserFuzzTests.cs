using System.Text;

namespace Balancer.Http.Http1;

/// <summary>Mutated messages: whatever comes in, the parsers answer without exception, stay inside their input, and what they accept means the same when written again.</summary>
public sealed class ParserFuzzTests
{
    private const int Iterations = 20_000;

    private static readonly string[] s_requests =
    [
        "GET /a/b?c=d HTTP/1.1\r\nHost: a.example:80\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
        "POST http://b.example/x HTTP/1.1\r\nHost: b.example\r\nTransfer-Encoding: chunked\r\nConnection: close, x-hop\r\nX-Hop: 1\r\n\r\n",
        "PUT / HTTP/1.0\r\nContent-Length: 10\r\nExpect: 100-continue\r\nX_Y: z\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\nUpgrade: websocket\r\nConnection: upgrade\r\nTE: trailers\r\n\r\n",
    ];

    private static readonly string[] s_responses =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\n\r\n",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nTrailer: X\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: close, x-hop\r\nX-Hop: 1\r\n\r\n",
    ];

    private static readonly string[] s_bodies =
    [
        "5\r\nhello\r\n0\r\n\r\n",
        "a;b=c;d=\"e\\\"\"\r\n0123456789\r\n00f\r\n0123456789abcde\r\n0\r\nX: 1\r\nY: 2\r\n\r\n",
        "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0;x\r\nContent-Length: 1\r\n\r\n",
    ];

    private static readonly string[] s_pieces =
    [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", ":", ",", ";", "0", "5", "ffffffffffffffff", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: b\r\n", "Connection: host\r\n", "chunked", "HTTP/1.0", "GET / HTTP/1.1\r\n", "\u00ff", "\"", "#", "%",
    ];

    [Fact]
    public void Requests()
    {
        var random = new Random(11);
        var parser = new Http1RequestParser(HeadLimits.Requests);
        var accepted = 0;
        for (var i = 0; i < Iterations; i++)
        {
            var data = Mutate(random, s_requests[i % s_requests.Length]);
            var head = new RequestHead();
            parser.Reset();
            var result = Cut(random, data, d => parser.Parse(d, head));
            Assert.Equal(new Http1RequestParser(HeadLimits.Requests).Parse(data, new RequestHead()), result);
            if (result.Status != HeadParseStatus.Complete)
            {
                continue;
            }

            accepted++;
            head.Own(data.AsSpan(0, result.Consumed));
            AssertInside(head, head.MethodRange, head.TargetRange, head.PathRange, head.QueryRange, head.HostRange);
            var again = new RequestHead();
            var written = Write($"{Text(head.Method)} {Text(head.Target)} HTTP/1.{head.Version % 10}", head);
            Assert.Equal(HeadParseResult.Complete(written.Length), parser.Parse(written, again));
            again.Own(written);
            AssertSame(head, again);
            Assert.Equal((head.KnownMethod, head.Form, head.HasUpgrade, head.ExpectsContinue), (again.KnownMethod, again.Form, again.HasUpgrade, again.ExpectsContinue));
            Assert.Equal(Text(head.Host), Text(again.Host));
        }

        Assert.InRange(accepted, Iterations / 50, Iterations);
    }

    [Fact]
    public void Responses()
    {
        var random = new Random(12);
        var parser = new Http1ResponseParser(HeadLimits.OfSize(8192));
        var accepted = 0;
        for (var i = 0; i < Iterations; i++)
        {
            var data = Mutate(random, s_responses[i % s_responses.Length]);
            var head = new ResponseHead();
            parser.Reset();
            var result = Cut(random, data, d => parser.Parse(d, head));
            Assert.Equal(new Http1ResponseParser(HeadLimits.OfSize(8192)).Parse(data, new ResponseHead()), result);
            if (result.Status != HeadParseStatus.Complete)
            {
                continue;
            }

            accepted++;
            head.Own(data.AsSpan(0, result.Consumed));
            Assert.InRange(head.Status, 100, 999);
            AssertInside(head, head.ReasonRange);
            var again = new ResponseHead();
            var written = Write($"HTTP/1.{head.Version % 10} {head.Status} {Text(head.Reason)}", head);
            Assert.Equal(HeadParseResult.Complete(written.Length), parser.Parse(written, again));
            again.Own(written);
            AssertSame(head, again);
            Assert.Equal(head.Framing(KnownMethod.Get), again.Framing(KnownMethod.Get));
        }

        Assert.InRange(accepted, Iterations / 50, Iterations);
    }

    [Fact]
    public void Chunked_bodies()
    {
        var random = new Random(13);
        var accepted = 0;
        for (var i = 0; i < Iterations; i++)
        {
            var data = Mutate(random, s_bodies[i % s_bodies.Length]);
            var whole = new ChunkedDecoder(HeadLimits.Requests);
            var (status, payload, consumed) = Decode(ref whole, data);
            var pieces = new ChunkedDecoder(HeadLimits.Requests);
            var cut = random.Next(data.Length + 1);
            var (firstStatus, firstPayload, firstConsumed) = Decode(ref pieces, data[..cut]);
            if (firstStatus == ChunkedStatus.NeedMore)
            {
                (firstStatus, var secondPayload, var secondConsumed) = Decode(ref pieces, data[cut..]);
                firstPayload += secondPayload;
                firstConsumed += secondConsumed;
            }

            Assert.Equal((status, payload), (firstStatus, firstPayload));
            Assert.Equal((whole.Error, whole.Trailers?.Headers.Count), (pieces.Error, pieces.Trailers?.Headers.Count));
            if (status == ChunkedStatus.Complete)
            {
                accepted++;
                Assert.Equal(consumed, firstConsumed);
                var again = new ChunkedDecoder(HeadLimits.Requests);
                Assert.Equal(payload, Decode(ref again, Encode(payload)).Payload);
            }
        }

        Assert.InRange(accepted, Iterations / 50, Iterations);
    }

    private static byte[] Mutate(Random random, string text)
    {
        var mutated = new StringBuilder(text);
        for (var n = random.Next(3); n >= 0; n--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(5))
            {
                case 0:
                    mutated[at] = (char)random.Next(256);
                    break;
                case 1:
                    mutated.Remove(at, Math.Min(random.Next(1, 4), mutated.Length - at));
                    break;
                case 2:
                    mutated.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 3:
                    var length = Math.Min(random.Next(1, 30), mutated.Length - at);
                    mutated.Insert(random.Next(mutated.Length), mutated.ToString(at, length));
                    break;
                default:
                    mutated[at] = char.IsAsciiLetterUpper(mutated[at]) ? char.ToLowerInvariant(mutated[at]) : char.ToUpperInvariant(mutated[at]);
                    break;
            }

            if (mutated.Length == 0)
            {
                mutated.Append(text);
            }
        }

        return Encoding.Latin1.GetBytes(mutated.ToString());
    }

    private static HeadParseResult Cut(Random random, byte[] data, Func<byte[], HeadParseResult> parse)
    {
        var result = HeadParseResult.NeedMore;
        for (var length = random.Next(data.Length + 1); length < data.Length && result.Status == HeadParseStatus.NeedMore; length += random.Next(1, 20))
        {
            result = parse(data[..length]);
        }

        return result.Status == HeadParseStatus.NeedMore ? parse(data) : result;
    }

    private static void AssertInside(MessageHead head, params (int Start, int Length)[] ranges)
    {
        var fields = head.Headers.Fields.ToArray().SelectMany(f => new[] { ((int)f.NameStart, (int)f.NameLength), ((int)f.ValueStart, (int)f.ValueLength) });
        foreach (var (start, length) in ranges.Concat(fields))
        {
            Assert.True(start >= 0 && length >= 0 && start + length <= head.Length);
        }
    }

    private static byte[] Write(string startLine, MessageHead head)
    {
        var text = new StringBuilder(startLine).Append("\r\n");
        foreach (ref readonly var field in head.Headers.Fields)
        {
            text.Append(Text(head.Name(field))).Append(": ").Append(Text(head.Value(field))).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    private static void AssertSame(MessageHead expected, MessageHead actual)
    {
        Assert.Equal((expected.Version, expected.KeepAlive, expected.ContentLength, expected.IsChunked), (actual.Version, actual.KeepAlive, actual.ContentLength, actual.IsChunked));
        Assert.Equal(Fields(expected), Fields(actual));
        Assert.All(actual.Headers.Fields.ToArray(), f => Assert.True(f.Flags.HasFlag(HeaderFieldFlags.Canonical)));
    }

    private static IEnumerable<string> Fields(MessageHead head) => head.Headers.Fields.ToArray()
        .Select(f => $"{Text(head.Name(f))}: {Text(head.Value(f))} {f.Known} {f.Flags & ~HeaderFieldFlags.Canonical}").ToArray();

    private static (ChunkedStatus Status, string Payload, int Consumed) Decode(ref ChunkedDecoder decoder, byte[] input)
    {
        var payload = new StringBuilder();
        var consumed = 0;
        ChunkedStatus status;
        do
        {
            status = decoder.Read(input.AsSpan(consumed), out var taken, out var length);
            Assert.InRange(taken, length, input.Length - consumed);
            consumed += taken;
            payload.Append(Text(input.AsSpan(consumed - length, length)));
        }
        while (status == ChunkedStatus.Payload);

        return (status, payload.ToString(), consumed);
    }

    private static byte[] Encode(string payload)
    {
        var head = new byte[ChunkWriter.MaxHeadLength];
        var bytes = new List<byte>();
        if (payload.Length > 0)
        {
            bytes.AddRange(head[..ChunkWriter.WriteHead(head, payload.Length)]);
            bytes.AddRange(Encoding.Latin1.GetBytes(payload));
            bytes.AddRange(ChunkWriter.DataEnd);
        }

        bytes.AddRange(ChunkWriter.End);
        return [.. bytes];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
