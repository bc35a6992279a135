namespace Balancer.Infrastructure;

/// <summary>
/// Deadlines of many connections, driven by the heartbeat. An entry waits in the slot of the earliest deadline it had when
/// it was filed; deadlines that move later cost nothing until that slot comes round.
/// </summary>
internal sealed class TimeoutWheel
{
    /// <summary>Milliseconds a slot spans: how late a deadline may be noticed, besides the heartbeat's own period.</summary>
    public const int SlotMilliseconds = 25;

    private const int SlotCount = 4096;
    private const long Never = long.MaxValue;

    private readonly Lock _lock = new();
    private readonly List<TimeoutEntry>?[] _slots = new List<TimeoutEntry>?[SlotCount];
    private readonly List<TimeoutEntry> _due = [];
    private readonly Stack<List<TimeoutEntry>> _spare = new();
    private long _tick;

    public TimeoutWheel(CoarseClock clock)
    {
        Clock = clock;
        _tick = clock.Milliseconds / SlotMilliseconds;
    }

    /// <summary>The clock deadlines count by.</summary>
    public CoarseClock Clock { get; }

    /// <summary>The slot number a deadline belongs to; the slot is looked at when all of it lies in the past.</summary>
    internal static long TickOf(long deadline) => (deadline / SlotMilliseconds) + 1;

    /// <summary>Files an entry under a deadline earlier than the one it is filed under.</summary>
    internal void Schedule(TimeoutEntry entry, long deadline)
    {
        lock (_lock)
        {
            File(entry, deadline);
        }
    }

    /// <summary>Expires what is due. Called by the heartbeat alone, after it refreshed the clock.</summary>
    public void Advance()
    {
        var now = Clock.Milliseconds;
        var target = now / SlotMilliseconds;
        lock (_lock)
        {
            // After a long pause every slot is visited once at the most.
            if (target - _tick > SlotCount)
            {
                _tick = target - SlotCount;
            }

            while (_tick < target)
            {
                _tick++;
                CollectSlot();
            }
        }

        foreach (var entry in _due)
        {
            var next = entry.Expire(now);
            if (next != Never)
            {
                Schedule(entry, next);
            }
        }

        _due.Clear();
    }

    private void CollectSlot()
    {
        ref var slot = ref _slots[_tick & (SlotCount - 1)];
        if (slot is not { } entries)
        {
            return;
        }

        slot = null;
        foreach (var entry in entries)
        {
            if (entry.ScheduledTick <= _tick)
            {
                entry.ScheduledTick = Never;
                _due.Add(entry);
            }
            else if (((entry.ScheduledTick - _tick) & (SlotCount - 1)) == 0)
            {
                // A later round of the wheel.
                Add(entry, entry.ScheduledTick);
            }
        }

        entries.Clear();
        _spare.Push(entries);
    }

    private void File(TimeoutEntry entry, long deadline)
    {
        var tick = Math.Max(TickOf(deadline), _tick + 1);
        if (tick < entry.ScheduledTick)
        {
            // The entry may stay behind in a later slot; it is skipped there because its ScheduledTick no longer fits.
            entry.ScheduledTick = tick;
            Add(entry, tick);
        }
    }

    private void Add(TimeoutEntry entry, long tick) =>
        (_slots[tick & (SlotCount - 1)] ??= _spare.TryPop(out var list) ? list : []).Add(entry);
}
