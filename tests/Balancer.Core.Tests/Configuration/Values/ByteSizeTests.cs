namespace Balancer.Configuration.Values;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("8k", 8192)]
    [InlineData("8K", 8192)]
    [InlineData("10m", 10L << 20)]
    [InlineData("10M", 10L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5k")]
    [InlineData("1kb")]
    [InlineData("1 k")]
    [InlineData(" 1")]
    [InlineData("1t")]
    [InlineData("9223372036854775808")]
    [InlineData("9007199254740992k")]
    [InlineData("8589934592g")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
    }

    [Fact]
    public void Every_size_written_reads_back()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = random.NextInt64(1L << random.Next(1, 52)) << random.Next(11);
            Assert.True(ByteSize.TryParse(ByteSize.Format(bytes), out var read));
            Assert.Equal(bytes, read);
        }
    }
}
