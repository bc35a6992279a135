namespace Balancer.Infrastructure;

public class SmallThingsTests
{
    [Theory]
    [InlineData("UpstreamReset", "upstream_reset")]
    [InlineData("None", "none")]
    [InlineData("clientIP", "client_ip")]
    [InlineData("HTTPError", "httperror")]
    [InlineData("a_B", "a_b")]
    [InlineData("", "")]
    public void Names_become_snake_case(string name, string expected) => Assert.Equal(expected, SnakeCase.Of(name));

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_zlib(string text, uint expected)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);

        Assert.Equal(expected, Crc32.Compute(bytes));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(expected, Crc32.Finish(Crc32.Update(Crc32.Update(Crc32.Initial, bytes.AsSpan(0, cut)), bytes.AsSpan(cut))));
        }
    }

    [Fact]
    public async Task Counters_lose_nothing_between_threads()
    {
        var counter = new StripedCounter();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                counter.Increment();
                counter.Add(2);
            }
        })));

        Assert.Equal(8 * 50_000 * 3, counter.Value);
    }

    [Fact]
    public void The_clock_stands_still_between_refreshes()
    {
        var time = new FakeTimeProvider();
        var clock = new CoarseClock(time);

        time.Advance(TimeSpan.FromMilliseconds(1_500.9));

        Assert.Equal(0, clock.Milliseconds);
        Assert.Equal(1_500, clock.Refresh());
        Assert.Equal(1_500, clock.Milliseconds);
    }

    [Fact]
    public void Losses_of_a_connection_are_told_from_bugs()
    {
        Assert.True(ConnectionLoss.Is(new IOException()));
        Assert.True(ConnectionLoss.Is(new System.Net.Sockets.SocketException()));
        Assert.True(ConnectionLoss.Is(new OperationCanceledException()));
        Assert.True(ConnectionLoss.Is(new ObjectDisposedException("pipe")));
        Assert.False(ConnectionLoss.Is(new InvalidOperationException()));
        Assert.False(ConnectionLoss.Is(new NullReferenceException()));
    }
}
