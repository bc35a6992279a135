namespace Balancer.Infrastructure;

public sealed class TransferPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly TransferPace _pace = new();

    public TransferPaceTests()
    {
        _clock = new CoarseClock(_time);
        _pace.Reset(_clock);
    }

    [Fact]
    public void Without_a_rate_every_wait_may_last_as_long_as_the_timeout()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(5000, _pace.BeginWait(5000, i));
            Pass(4999);
            _pace.EndWait(expired: false);
        }

        Assert.Equal(5000, _pace.BeginWait(5000, 100));
        _pace.EndWait(expired: true);
        Assert.True(_pace.HasExpired);
        Assert.False(_pace.IsTooSlow);
    }

    [Fact]
    public void The_first_timeout_of_waiting_is_free_and_the_rate_counts_then()
    {
        _pace.MinRate = 100;
        Assert.Equal(5000, _pace.BeginWait(5000, 0));
        Pass(3000);
        _pace.EndWait(expired: false);

        // 5 bytes are worth 50 ms: what is left of the timeout counts.
        Assert.Equal(2000, _pace.BeginWait(5000, 5));
        Pass(1500);
        _pace.EndWait(expired: false);
        Assert.Equal(500, _pace.BeginWait(5000, 10));
        _pace.EndWait(expired: true);
        Assert.True(_pace.IsTooSlow);
    }

    [Fact]
    public void Bytes_buy_time_at_the_rate_up_to_the_timeout_for_each_wait()
    {
        _pace.MinRate = 100;
        Assert.Equal(5000, _pace.BeginWait(5000, 2000));
        Pass(4000);
        _pace.EndWait(expired: false);

        // 20 s for 2,000 bytes, 4 of them gone.
        Assert.Equal(5000, _pace.BeginWait(5000, 2000));
        Pass(4000);
        _pace.EndWait(expired: false);
        Assert.Equal(5000, _pace.BeginWait(5000, 2000));
        Pass(4500);
        _pace.EndWait(expired: false);
        Assert.Equal(5000, _pace.BeginWait(5000, 2000));
        Pass(4500);
        _pace.EndWait(expired: false);
        Assert.Equal(3000, _pace.BeginWait(5000, 2000));
    }

    [Fact]
    public void Time_in_which_nobody_waits_does_not_count()
    {
        _pace.MinRate = 100;
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(5000 - (100 * i), _pace.BeginWait(5000, 0));
            Pass(100);
            _pace.EndWait(expired: false);
            Pass(100_000);
        }
    }

    [Fact]
    public void A_client_behind_its_rate_may_be_waited_for_no_longer()
    {
        _pace.MinRate = 100;
        _pace.BeginWait(5000, 0);
        Pass(9000);
        _pace.EndWait(expired: false);

        Assert.Equal(1, _pace.BeginWait(5000, 10));
        Assert.Equal(5000, _pace.BeginWait(5000, long.MaxValue));
    }

    [Fact]
    public void A_reset_forgets_it_all()
    {
        _pace.MinRate = 100;
        _pace.BeginWait(5000, 0);
        Pass(5000);
        _pace.EndWait(expired: true);
        _pace.Reset(_clock);

        Assert.False(_pace.HasExpired);
        Assert.Equal(0, _pace.MinRate);
        _pace.MinRate = 100;
        Assert.Equal(5000, _pace.BeginWait(5000, 0));
    }

    private void Pass(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
    }
}
