namespace Balancer.Configuration.Values;

public sealed class RequestRateTests
{
    [Theory]
    [InlineData("5r/s", 5, 1, "5r/s")]
    [InlineData("50r/m", 50, 60, "50r/m")]
    [InlineData("05r/s", 5, 1, "5r/s")]
    [InlineData("1r/h", 1, 3600, "1r/h")]
    [InlineData("1000r/d", 1000, 86_400, "1000r/d")]
    [InlineData("100r/15m", 100, 900, "100r/15m")]
    [InlineData("60r/60s", 60, 60, "60r/m")]
    [InlineData("60r/1m", 60, 60, "60r/m")]
    [InlineData("1r/1m30s", 1, 90, "1r/1m30s")]
    [InlineData("1r/24h", 1, 86_400, "1r/d")]
    [InlineData("1r/30d", 1, 2_592_000, "1r/30d")]
    [InlineData("1000000000r/s", 1_000_000_000, 1, "1000000000r/s")]
    [InlineData("10r/10s", 10, 10, "10r/10s")]
    public void Rates_are_read_and_written(string text, int requests, int seconds, string written)
    {
        Assert.True(RequestRate.TryParse(text, out var rate));
        Assert.Equal(new RequestRateConfig(requests, TimeSpan.FromSeconds(seconds)), rate);
        Assert.Equal(written, RequestRate.Format(rate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5r")]
    [InlineData("5r/")]
    [InlineData("r/s")]
    [InlineData("0r/s")]
    [InlineData("-1r/s")]
    [InlineData("+1r/s")]
    [InlineData("1.5r/s")]
    [InlineData("5R/s")]
    [InlineData("5r/S")]
    [InlineData("5 r/s")]
    [InlineData("5r / s")]
    [InlineData("5r/s ")]
    [InlineData("5r/ms")]
    [InlineData("5r/500ms")]
    [InlineData("5r/60")]
    [InlineData("5r/0s")]
    [InlineData("5r/31d")]
    [InlineData("5r/1m 30s")]
    [InlineData("5r/M")]
    [InlineData("5r/y")]
    [InlineData("5r/r/s")]
    [InlineData("5k/s")]
    [InlineData("1000000001r/s")]
    [InlineData("99999999999999999999r/s")]
    [InlineData("٥r/s")]
    public void Other_texts_are_refused(string text) => Assert.False(RequestRate.TryParse(text, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_rate_reads_back_as_written(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            var rate = new RequestRateConfig(random.Next(1, RequestRate.MostRequests + 1), TimeSpan.FromMilliseconds(random.NextInt64(1000, 30L * 86_400_000 + 1)));

            Assert.True(RequestRate.TryParse(RequestRate.Format(rate), out var read), RequestRate.Format(rate));
            Assert.Equal(rate, read);
        }
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        var random = new Random(3);
        const string alphabet = "0123456789r/smhdy .-";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => alphabet[random.Next(alphabet.Length)]));

            if (RequestRate.TryParse(text, out var rate))
            {
                Assert.True(RequestRate.TryParse(RequestRate.Format(rate), out var again));
                Assert.Equal(rate, again);
            }
        }
    }
}
