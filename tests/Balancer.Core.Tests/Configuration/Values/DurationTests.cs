namespace Balancer.Configuration.Values;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("30", 30_000)]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1m", 60_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1m30", 90_000)]
    [InlineData("1h 30m", 5_400_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1w", 604_800_000)]
    [InlineData("1M", 2_592_000_000)]
    [InlineData("1y", 31_536_000_000)]
    [InlineData("1y1M1w1d1h1m1s1ms", 31_536_000_000 + 2_592_000_000 + 604_800_000 + 86_400_000 + 3_661_001)]
    public void Times_are_read(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(milliseconds, (long)value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1.5s")]
    [InlineData("1S")]
    [InlineData("1sec")]
    [InlineData("1s1m")]
    [InlineData("1s1s")]
    [InlineData("30 1m")]
    [InlineData("1m ")]
    [InlineData(" 1m")]
    [InlineData("1m  1s")]
    [InlineData("1 m")]
    [InlineData("101y")]
    [InlineData("99y99M")]
    [InlineData("999999999999999999999s")]
    [InlineData("9999999999999999")]
    [InlineData("١s")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(Duration.TryParse(text, out _));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1ms")]
    [InlineData(1500, "1s500ms")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h")]
    [InlineData(86_400_000, "1d")]
    public void The_text_is_short(long milliseconds, string text)
    {
        Assert.Equal(text, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public void Every_time_written_reads_back()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var value = TimeSpan.FromMilliseconds(random.NextInt64(1L << random.Next(1, 41)));
            Assert.True(Duration.TryParse(Duration.Format(value), out var read));
            Assert.Equal(value, read);
        }
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var random = new Random(2);
        const string alphabet = "0123456789smhdwMy .-";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            if (Duration.TryParse(text, out var value))
            {
                Assert.InRange(value, TimeSpan.Zero, Duration.Longest);
            }
        }
    }
}
