namespace Balancer.Infrastructure;

public class TimeoutWheelTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly TimeoutWheel _wheel;

    public TimeoutWheelTests()
    {
        _clock = new CoarseClock(_time);
        _wheel = new TimeoutWheel(_clock);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(1_000)]
    [InlineData(75_000)]
    [InlineData(102_400)]
    [InlineData(3_600_000)]
    public void A_deadline_is_noticed_within_a_slot_and_never_early(int milliseconds)
    {
        var entry = new Entry(_wheel);
        entry.SetDeadline(milliseconds);

        Advance(milliseconds - 1);
        Assert.Equal(0, entry.Fired);
        Advance(1 + (2 * TimeoutWheel.SlotMilliseconds));
        Assert.Equal(1, entry.Fired);
        Advance(10_000_000);
        Assert.Equal(1, entry.Fired);
    }

    [Fact]
    public void A_deadline_that_was_moved_fires_at_its_last_place_only()
    {
        var entry = new Entry(_wheel);
        entry.SetDeadline(1_000);
        Advance(900);
        entry.SetDeadline(1_000);
        Advance(900);
        Assert.Equal(0, entry.Fired);

        entry.SetDeadline(100);
        Advance(150);

        Assert.Equal(1, entry.Fired);
        Advance(5_000);
        Assert.Equal(1, entry.Fired);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void No_time_at_all_means_no_deadline(int milliseconds)
    {
        var entry = new Entry(_wheel);
        entry.SetDeadline(milliseconds);

        Advance(10_000_000);

        Assert.Equal(0, entry.Fired);
    }

    [Fact]
    public void A_deadline_that_was_cleared_does_not_fire()
    {
        var entry = new Entry(_wheel);
        entry.SetDeadline(100);
        entry.ClearDeadline();

        Advance(10_000);

        Assert.Equal(0, entry.Fired);
    }

    [Fact]
    public void An_entry_may_set_its_next_deadline_when_it_fires()
    {
        var entry = new Entry(_wheel) { Period = 100 };
        entry.SetDeadline(100);

        for (var i = 0; i < 40; i++)
        {
            Advance(25);
        }

        Assert.InRange(entry.Fired, 7, 10);
    }

    [Fact]
    public void After_a_long_pause_all_that_is_due_fires_at_once()
    {
        var entries = Enumerable.Range(1, 10_000).Select(i =>
        {
            var entry = new Entry(_wheel);
            entry.SetDeadline(i * 37);
            return entry;
        }).ToList();

        _time.Advance(TimeSpan.FromDays(1));
        _clock.Refresh();
        _wheel.Advance();

        Assert.All(entries, entry => Assert.Equal(1, entry.Fired));
    }

    /// <summary>Random deadlines set, moved and cleared, beside a list of what is expected.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_fires_what_is_due_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var entries = Enumerable.Range(0, 50).Select(_ => new Entry(_wheel)).ToArray();
        var deadlines = new long?[entries.Length];
        for (var i = 0; i < 20_000; i++)
        {
            var which = random.Next(entries.Length);
            switch (random.Next(4))
            {
                case 0:
                    var milliseconds = random.Next(4) == 0 ? random.Next(1, 200_000) : random.Next(1, 2_000);
                    entries[which].SetDeadline(milliseconds);
                    deadlines[which] = _clock.Milliseconds + milliseconds;
                    break;
                case 1:
                    entries[which].ClearDeadline();
                    deadlines[which] = null;
                    break;
                default:
                    Advance(random.Next(1, 60));
                    break;
            }

            for (var j = 0; j < entries.Length; j++)
            {
                if (entries[j].Fired > 0)
                {
                    Assert.True(deadlines[j] <= _clock.Milliseconds);
                    entries[j].Fired = 0;
                    deadlines[j] = null;
                }
                else
                {
                    Assert.False(deadlines[j] + (2 * TimeoutWheel.SlotMilliseconds) < _clock.Milliseconds - 60);
                }
            }
        }
    }

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
        _wheel.Advance();
    }

    private sealed class Entry(TimeoutWheel wheel) : TimeoutEntry(wheel)
    {
        public int Fired { get; set; }

        public int Period { get; init; }

        protected override void OnDeadline()
        {
            Fired++;
            SetDeadline(Period);
        }
    }
}
