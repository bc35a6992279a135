namespace Balancer.Failover;

public class DataPathWatchTests
{
    private const long Second = 1_000_000;
    private const long Timeout = 3 * Second;

    private readonly DataPathWatch _watch = new();
    private readonly StallVerdict _verdict = new();
    private long _now = 17 * Second;
    private long _answers;

    [Fact]
    public void A_data_path_that_answers_is_never_stalled()
    {
        for (var i = 0; i < 1000; i++)
        {
            _answers++;
            Assert.False(Run(2 * Second));
        }
    }

    [Fact]
    public void It_is_stalled_when_nothing_was_answered_for_the_timeout()
    {
        _answers = 5;
        Assert.False(Run(Timeout));
        Assert.True(Run(DataPathWatch.Period));
        Assert.Equal(Timeout, _watch.Silence);
    }

    [Fact]
    public void It_is_back_after_three_answers()
    {
        _answers = 5;
        Run(Timeout + Second);
        Assert.True(_verdict.IsStalled);

        _answers++;
        Assert.True(Run(Second));
        _answers++;
        Assert.True(Run(Second));
        _answers++;
        Assert.False(Run(DataPathWatch.Period));
        Assert.False(Run(Second));
    }

    [Fact]
    public void As_long_as_it_never_answered_nothing_is_known()
    {
        Assert.False(Run(100 * Timeout));
    }

    [Fact]
    public void A_timeout_of_zero_is_none_and_ends_a_stall()
    {
        _answers = 1;
        Run(Timeout + Second);
        Assert.True(_verdict.IsStalled);

        Assert.True(_verdict.Judge(_watch, 0));

        Assert.False(_verdict.IsStalled);
        Assert.False(_verdict.Judge(_watch, 0));
    }

    [Fact]
    public void Time_in_which_the_whole_process_stood_still_counts_little()
    {
        _answers = 1;
        Run(Second);

        // It was stopped for a minute; the thread of the heartbeat is the first that runs again.
        _now += 60 * Second;
        Look();

        Assert.InRange(_watch.Silence, 0, 2 * Second);
        Assert.False(_verdict.IsStalled);
    }

    [Fact]
    public void A_new_configuration_begins_anew()
    {
        _answers = 1;
        Run(Timeout - Second);
        _watch.Restart();
        Assert.False(Run(Timeout - Second));
    }

    private bool Run(long time)
    {
        for (var end = _now + time; _now < end; _now += DataPathWatch.Period)
        {
            Look();
        }

        return _verdict.IsStalled;
    }

    private void Look()
    {
        _watch.Look(_now, _answers);
        _verdict.Judge(_watch, Timeout);
    }
}
