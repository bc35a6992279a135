using System.Text;

namespace Balancer.Infrastructure;

public sealed class ByteBufferTests
{
    [Fact]
    public void Appends_grow_the_buffer_and_keep_what_was_written()
    {
        var buffer = new ByteBuffer(4);
        for (var i = 0; i < 100; i++)
        {
            buffer.Append("ab"u8);
            buffer.Append((byte)'-');
            buffer.Append((long)i);
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $"ab-{i}")), Encoding.ASCII.GetString(buffer.Written));
    }

    [Theory]
    [InlineData(0, "0.000")]
    [InlineData(7, "0.007")]
    [InlineData(61_250, "61.250")]
    [InlineData(-5, "0.000")]
    public void Milliseconds_are_written_as_seconds(long milliseconds, string expected)
    {
        var buffer = new ByteBuffer();
        buffer.AppendSeconds(milliseconds);
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer.Written));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void Numbers_of_any_size_are_written(long value)
    {
        var buffer = new ByteBuffer(1);
        buffer.Append(value);
        Assert.Equal(value.ToString(), Encoding.ASCII.GetString(buffer.Written));
    }

    [Fact]
    public void Truncate_and_clear_drop_the_tail()
    {
        var buffer = new ByteBuffer();
        buffer.Append("hello"u8);
        buffer.Truncate(2);
        Assert.Equal("he", Encoding.ASCII.GetString(buffer.Written));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(3));
        buffer.Clear();
        Assert.Equal(0, buffer.Length);
    }
}
