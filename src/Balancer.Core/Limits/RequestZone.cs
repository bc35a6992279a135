using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>A zone of <c>limit_req</c>: of each key when its last request was let through, and by how much it was ahead of the rate then.</summary>
internal sealed class RequestZone(string name, string key, long size) : LimitZone(name, key, size)
{
    /// <summary>The time of a key of which no request has been let through.</summary>
    private const long Never = long.MinValue;

    /// <summary>As nginx: so few that adding a key costs about the same always.</summary>
    private const int DroppedAtOnce = 2;

    private readonly StripedCounter[] _requests = LimitOutcomes.Counters();

    /// <summary>Keys that had to go before they could be forgotten without loss, for others.</summary>
    public StripedCounter Evictions { get; } = new();

    /// <summary>Requests by what became of them.</summary>
    public StripedCounter Requests(LimitOutcome outcome) => _requests[(int)outcome];

    /// <summary>Finds a key, or adds it. The table's gate is held.</summary>
    /// <param name="table">The table of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="rate">Tells which keys may be forgotten.</param>
    /// <returns>Its index; 0 when it is too long for the zone.</returns>
    public int Find(KeyTable table, ReadOnlySpan<byte> key, ulong hash, long now, in RequestRate rate)
    {
        var index = table.Find(key, hash);
        if (index != 0)
        {
            table.Touch(index);
            return index;
        }

        if (!table.CanHold(key.Length))
        {
            return 0;
        }

        MakeRoom(table, key.Length, now, rate);
        index = table.Add(key, hash);
        table[index].Time = Never;
        return index;
    }

    /// <summary>By how many thousandths of a request the key would be ahead with one more request now. The table's gate is held.</summary>
    public static long ExcessWithOneMore(in KeyBlock key, long now, in RequestRate rate) =>
        key.Time == Never ? 0 : Math.Max(0, key.Amount - rate.In(Math.Max(0, now - key.Time)) + RequestRate.One);

    /// <summary>Lets a request through that makes the excess this. The table's gate is held.</summary>
    public static void Account(ref KeyBlock key, long excess, long now)
    {
        key.Amount = (uint)excess;
        key.Time = Math.Max(key.Time, now);
    }

    /// <summary>Forgets keys of which there is nothing to know any more, and if that is not enough those least recently used.</summary>
    private void MakeRoom(KeyTable table, int keyLength, long now, in RequestRate rate)
    {
        for (var dropped = 0; dropped < DroppedAtOnce && table.Oldest != 0 && IsForgettable(table[table.Oldest], now, rate); dropped++)
        {
            table.Remove(table.Oldest);
        }

        while (!table.HasRoomFor(keyLength))
        {
            table.Remove(table.Oldest);
            Evictions.Increment();
        }
    }

    /// <summary>Whether the next request would find the key as if it were new.</summary>
    private static bool IsForgettable(in KeyBlock key, long now, in RequestRate rate) =>
        key.Time == Never || rate.In(Math.Max(0, now - key.Time)) >= key.Amount + RequestRate.One;
}
