using System.Text;

namespace Balancer.Http.Tracing;

/// <summary><c>traceparent</c> as W3C Trace Context has it.</summary>
public sealed class TraceParentTests
{
    private const string Good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData(Good, true)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03", true)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe", false)]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-holds", true)]
    public void Valid_fields_are_read(string text, bool isSampled)
    {
        Assert.True(TraceParent.TryParse(Encoding.ASCII.GetBytes(text), out var parent));

        Assert.Equal(UInt128.Parse("4bf92f3577b34da6a3ce929d0e0e4736", System.Globalization.NumberStyles.HexNumber), parent.TraceId);
        Assert.Equal((0x00f067aa0ba902b7UL, isSampled), (parent.SpanId, parent.IsSampled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-")]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01")]
    [InlineData("00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b7-01--")]
    [InlineData(" 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x")]
    [InlineData("+0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    public void Other_fields_are_none(string text)
    {
        Assert.False(TraceParent.TryParse(Encoding.ASCII.GetBytes(text), out var parent));
        Assert.Equal(default, parent);
    }

    [Fact]
    public void What_is_written_reads_as_what_it_was()
    {
        var random = new Random(7);
        Span<byte> text = stackalloc byte[TraceParent.Length];
        for (var i = 0; i < 10_000; i++)
        {
            // Small ids too: their leading zeros must be written.
            var parent = new TraceParent(new UInt128((ulong)random.NextInt64() >> random.Next(64), (ulong)random.NextInt64() | 1), ((ulong)random.NextInt64() >> random.Next(63)) | 1, random.Next(2) == 0);
            parent.Write(text);

            Assert.True(TraceParent.TryParse(text, out var read), Encoding.ASCII.GetString(text));
            Assert.Equal(parent, read);
        }
    }

    [Fact]
    public void A_valid_field_with_any_octet_changed_is_read_as_another_or_as_none()
    {
        var good = Encoding.ASCII.GetBytes(Good);
        Assert.True(TraceParent.TryParse(good, out var original));
        var again = new byte[TraceParent.Length];
        for (var at = 0; at < good.Length; at++)
        {
            for (var octet = 0; octet < 256; octet++)
            {
                var changed = good.ToArray();
                changed[at] = (byte)octet;
                if (!TraceParent.TryParse(changed, out var parent))
                {
                    continue;
                }

                // Whatever is taken is written back as it was, but for the version, which is ours, and the flags that mean nothing to us.
                parent.Write(again);
                Assert.Equal(changed.AsSpan(2, 50), again.AsSpan(2, 50));
                Assert.True(at is < 2 or > 52 || octet == good[at] || parent != original);
            }
        }
    }
}
