using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Balancer.TestSupport;

namespace Balancer.Http.Http1;

public sealed class Http1BodyReaderTests
{
    private const string Chunked = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";

    [Theory]
    [InlineData(BodyFraming.Chunked, 0, Chunked, "hello world", "NEXT")]
    [InlineData(BodyFraming.ContentLength, 11, "hello world", "hello world", "NEXT")]
    [InlineData(BodyFraming.None, 0, "", "", "NEXT")]
    [InlineData(BodyFraming.UntilClose, 0, "hello world", "hello world", "")]
    internal void Body_is_read_to_its_end_and_no_further_however_it_is_cut(BodyFraming framing, long length, string wire, string body, string next)
    {
        var bytes = Encoding.ASCII.GetBytes(wire + next);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            // Empty segments before, between and after.
            var input = new SegmentedPipeReader([], bytes[..cut], [], [], bytes[cut..], []);
            var reader = new Http1BodyReader(input);
            reader.Begin(framing, length);

            var read = new StringBuilder();
            var status = BodyStatus.Data;
            while (status == BodyStatus.Data)
            {
                Assert.True(reader.TryRead(out var piece));
                read.Append(Encoding.ASCII.GetString(piece.Data));
                status = piece.Status;
            }

            reader.Release();
            Assert.Equal((BodyStatus.End, body, next), (status, read.ToString(), input.Rest));
            Assert.True(reader.IsComplete);
        }
    }

    [Theory]
    [InlineData(BodyFraming.Chunked, 0, Chunked)]
    [InlineData(BodyFraming.ContentLength, 11, "hello world")]
    internal void Body_that_ends_early_is_truncated(BodyFraming framing, long length, string wire)
    {
        for (var end = 0; end < wire.Length; end++)
        {
            var reader = new Http1BodyReader(new SegmentedPipeReader([], Encoding.ASCII.GetBytes(wire[..end])));
            reader.Begin(framing, length);

            var status = BodyStatus.Data;
            while (status == BodyStatus.Data)
            {
                Assert.True(reader.TryRead(out var piece));
                status = piece.Status;
            }

            Assert.Equal(BodyStatus.Truncated, status);
            Assert.False(reader.IsComplete);
        }
    }

    [Theory]
    [InlineData(BodyFraming.Chunked, 0, Chunked)]
    [InlineData(BodyFraming.ContentLength, 11, "hello world")]
    internal void Body_beyond_its_greatest_size_is_refused(BodyFraming framing, long length, string wire)
    {
        foreach (var (greatest, expected) in new[] { (10, BodyStatus.TooLarge), (11, BodyStatus.End) })
        {
            var reader = new Http1BodyReader(new SegmentedPipeReader(Encoding.ASCII.GetBytes(wire))) { MaxSize = greatest };
            reader.Begin(framing, length);

            var status = BodyStatus.Data;
            while (status == BodyStatus.Data)
            {
                Assert.True(reader.TryRead(out var piece));
                status = piece.Status;
            }

            Assert.Equal(expected, status);
        }
    }
}
