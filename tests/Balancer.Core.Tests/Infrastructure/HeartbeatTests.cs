namespace Balancer.Infrastructure;

public class HeartbeatTests
{
    [Fact]
    public void It_beats_every_25_ms_and_moves_the_clock()
    {
        var time = new FakeTimeProvider();
        using var heartbeat = new Heartbeat(time);

        time.Advance(TimeSpan.FromMilliseconds(1_000));

        Assert.Equal(40, heartbeat.Beats);
        Assert.Equal(1_000, heartbeat.Clock.Milliseconds);
    }

    [Fact]
    public void What_registered_runs_at_every_beat_until_it_leaves()
    {
        var time = new FakeTimeProvider();
        using var heartbeat = new Heartbeat(time);
        var (first, second) = (0, 0);
        var registration = heartbeat.Register(() => first++);
        heartbeat.Register(() => second++);

        time.Advance(TimeSpan.FromMilliseconds(100));
        registration.Dispose();
        time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(4, first);
        Assert.Equal(8, second);
    }

    [Fact]
    public void A_beat_within_a_beat_is_skipped()
    {
        using var heartbeat = new Heartbeat(new FakeTimeProvider());
        var runs = 0;
        heartbeat.Register(() =>
        {
            runs++;
            heartbeat.Beat();
        });

        heartbeat.Beat();

        Assert.Equal(1, runs);
        Assert.Equal(1, heartbeat.Beats);
    }

    [Fact]
    public void After_it_was_disposed_of_it_beats_no_more()
    {
        var time = new FakeTimeProvider();
        var heartbeat = new Heartbeat(time);
        heartbeat.Dispose();
        heartbeat.Dispose();

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, heartbeat.Beats);
    }
}
