namespace Balancer.Configuration.Values;

public sealed class ExpiresValueTests
{
    [Theory]
    [InlineData("off", false, ExpiresKind.Off, 0)]
    [InlineData("epoch", false, ExpiresKind.Epoch, 0)]
    [InlineData("max", false, ExpiresKind.Max, 0)]
    [InlineData("30d", false, ExpiresKind.Access, 2592000)]
    [InlineData("0", false, ExpiresKind.Access, 0)]
    [InlineData("60", false, ExpiresKind.Access, 60)]
    [InlineData("+1h30m", false, ExpiresKind.Access, 5400)]
    [InlineData("-1", false, ExpiresKind.Access, -1)]
    [InlineData("-1d", false, ExpiresKind.Access, -86400)]
    [InlineData("+24h", true, ExpiresKind.Modified, 86400)]
    [InlineData("-1h", true, ExpiresKind.Modified, -3600)]
    [InlineData("@15h30m", false, ExpiresKind.Daily, 55800)]
    [InlineData("@0", false, ExpiresKind.Daily, 0)]
    [InlineData("@24h", false, ExpiresKind.Daily, 86400)]
    public void Text_is_read(string text, bool isModified, object kind, long seconds)
    {
        Assert.True(ExpiresValue.TryParse(text, isModified, out var value));
        Assert.Equal(new ExpiresValue((ExpiresKind)kind, seconds), value);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("+", false)]
    [InlineData("@", false)]
    [InlineData("--1", false)]
    [InlineData("+-1", false)]
    [InlineData("1x", false)]
    [InlineData("500ms", false)]
    [InlineData("@25h", false)]
    [InlineData("@-1h", false)]
    [InlineData("Off", false)]
    [InlineData("off", true)]
    [InlineData("epoch", true)]
    [InlineData("max", true)]
    [InlineData("@1h", true)]
    [InlineData("1h ", false)]
    [InlineData("101y", false)]
    public void Other_texts_are_refused(string text, bool isModified)
    {
        Assert.False(ExpiresValue.TryParse(text, isModified, out _));
    }

    [Fact]
    public void Every_time_that_can_be_written_reads_back()
    {
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var seconds = random.NextInt64(1, 3_000_000_000);
            var sign = random.Next(3) switch { 0 => "-", 1 => "+", _ => "" };
            Assert.True(ExpiresValue.TryParse(sign + Duration.Format(TimeSpan.FromSeconds(seconds)), false, out var value));
            Assert.Equal(sign == "-" ? -seconds : seconds, value.Seconds);
        }
    }
}
