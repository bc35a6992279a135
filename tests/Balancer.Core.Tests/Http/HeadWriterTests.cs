using System.Text;

namespace Balancer.Http;

public class HeadWriterTests
{
    [Fact]
    public void Fields_are_written_in_one_form()
    {
        var head = new HeadWriter();
        head.Write("HTTP/1.1 200 OK\r\n"u8);
        head.WriteField("A"u8, "b"u8);
        head.WriteField("Empty"u8, default(ReadOnlySpan<byte>));
        head.WriteField("Length"u8, long.MaxValue);
        head.WriteField("Negative"u8, long.MinValue);
        head.Write("\r\n"u8);

        Assert.Equal("HTTP/1.1 200 OK\r\nA: b\r\nEmpty: \r\nLength: 9223372036854775807\r\nNegative: -9223372036854775808\r\n\r\n", Encoding.ASCII.GetString(head.Written));
    }

    [Fact]
    public void Any_sequence_of_writes_gives_what_was_written()
    {
        var random = new Random(1);
        var head = new HeadWriter();
        for (var i = 0; i < 200; i++)
        {
            var expected = new MemoryStream();
            for (var write = random.Next(20); write > 0; write--)
            {
                var bytes = new byte[random.Next(4) == 0 ? random.Next(10_000) : random.Next(50)];
                random.NextBytes(bytes);
                switch (random.Next(4))
                {
                    case 0:
                        bytes.CopyTo(head.GetSpan(bytes.Length));
                        head.Advance(bytes.Length);
                        break;
                    case 1:
                        bytes.CopyTo(head.GetMemory(bytes.Length).Span);
                        head.Advance(bytes.Length);
                        break;
                    case 2:
                        head.Write(bytes);
                        head.Write("gone"u8);
                        head.Truncate(head.Length - 4);
                        break;
                    default:
                        head.Write(bytes);
                        break;
                }

                expected.Write(bytes);
            }

            Assert.True(head.Written.SequenceEqual(expected.ToArray()));
            Assert.Equal(expected.Length, head.Length);
            head.Reset();
            Assert.Equal(0, head.Length);
        }
    }

    [Fact]
    public void Line_ends_and_NUL_become_blanks_from_where_they_are_told_to()
    {
        var head = new HeadWriter();
        head.Write("A: \r\n"u8);
        var start = head.Length;
        head.Write("x\r\ny\0z\n"u8);

        head.NeutralizeFrom(start);

        Assert.Equal("A: \r\nx  y z ", Encoding.ASCII.GetString(head.Written));
    }

    [Fact]
    public void Text_is_written_one_byte_a_character()
    {
        var head = new HeadWriter();
        head.WriteText("caf\u00e9");

        Assert.Equal("caf\u00e9", Encoding.Latin1.GetString(head.Written));
    }
}
