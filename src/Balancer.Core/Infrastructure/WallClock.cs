using System.Globalization;

namespace Balancer.Infrastructure;

/// <summary>
/// The time of day as logs write it, rendered once a second. The texts live in a ring of slots, as in nginx: a reader would have to
/// be held up for a minute to see one being overwritten. Any thread; allocates nothing after construction.
/// </summary>
internal sealed class WallClock
{
    private const int SlotCount = 64;

    private readonly TimeProvider _time;
    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Lock _refresh = new();
    private int _current;

    public WallClock(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < SlotCount; i++)
        {
            _slots[i] = new Slot();
        }

        var now = time.GetUtcNow();
        _slots[0].Render(now, time.LocalTimeZone);
    }

    /// <summary>Milliseconds since 1970 (<c>$msec</c>).</summary>
    public long UnixMilliseconds => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The local time in the Common Log Format: <c>21/Nov/2026:03:27:27 +0000</c>.</summary>
    public ReadOnlySpan<byte> CommonLog => Current().CommonLog;

    /// <summary>The local time by ISO 8601: <c>2026-11-21T03:27:27+00:00</c>.</summary>
    public ReadOnlySpan<byte> Iso8601 => Current().Iso8601;

    /// <summary>The time as the Date field has it (RFC 9110 section 5.6.7): <c>Sat, 21 Nov 2026 03:27:27 GMT</c>.</summary>
    public ReadOnlySpan<byte> HttpDate => Current().HttpDate;

    private Slot Current()
    {
        var now = _time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        var slot = _slots[Volatile.Read(ref _current)];

        // Another thread may have rendered the next second since this one read the clock.
        return second == slot.Second || second == slot.Second - 1 ? slot : Refresh(now, second);
    }

    private Slot Refresh(DateTimeOffset now, long second)
    {
        if (!_refresh.TryEnter())
        {
            return _slots[Volatile.Read(ref _current)];
        }

        try
        {
            var slot = _slots[_current];
            if (slot.Second != second)
            {
                var next = (_current + 1) % SlotCount;
                slot = _slots[next];
                slot.Render(now, _time.LocalTimeZone);
                Volatile.Write(ref _current, next);
            }

            return slot;
        }
        finally
        {
            _refresh.Exit();
        }
    }

    private sealed class Slot
    {
        public readonly byte[] CommonLog = new byte["21/Nov/2026:03:27:27 +0000".Length];
        public readonly byte[] Iso8601 = new byte["2026-11-21T03:27:27+00:00".Length];
        public readonly byte[] HttpDate = new byte["Sat, 21 Nov 2026 03:27:27 GMT".Length];
        private long _second;

        public long Second => Volatile.Read(ref _second);

        public void Render(DateTimeOffset now, TimeZoneInfo zone)
        {
            var local = now.ToOffset(zone.GetUtcOffset(now));
            local.TryFormat(Iso8601, out _, "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
            local.TryFormat(CommonLog, out _, "dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture);

            now.TryFormat(HttpDate, out _, "R", CultureInfo.InvariantCulture);

            // No .NET format writes an offset without its colon.
            Iso8601.AsSpan(19, 3).CopyTo(CommonLog.AsSpan(21));
            Iso8601.AsSpan(23, 2).CopyTo(CommonLog.AsSpan(24));
            Volatile.Write(ref _second, now.ToUnixTimeSeconds());
        }
    }
}
