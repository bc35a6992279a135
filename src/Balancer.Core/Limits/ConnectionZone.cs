using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>A zone of <c>limit_conn</c>: how many requests of each key are in progress. A key is there as long as it has any.</summary>
internal sealed class ConnectionZone(string name, string key, long size) : LimitZone(name, key, size), IPlaceKeeper
{
    private readonly StripedCounter[] _requests = LimitOutcomes.Counters();

    /// <summary>Requests by what became of them.</summary>
    public StripedCounter Requests(LimitOutcome outcome) => _requests[(int)outcome];

    /// <summary>Counts a request that begins. Any thread.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="most">How many of the key there may be.</param>
    /// <param name="place">What <see cref="TakeBack"/> is to be called with when it is over.</param>
    public ConnectionDecision Enter(ReadOnlySpan<byte> key, int most, out long place)
    {
        place = 0;
        var hash = HashOf(key);
        var number = IndexOf(hash);
        var table = TableAt(number);
        lock (table.Gate)
        {
            var index = table.Find(key, hash);
            if (index == 0)
            {
                if (!table.CanHold(key.Length) || !table.HasRoomFor(key.Length))
                {
                    return ConnectionDecision.ZoneFull;
                }

                index = table.Add(key, hash);
            }
            else if (table[index].Amount >= most)
            {
                return ConnectionDecision.Refused;
            }

            table[index].Amount++;
            place = ((long)number << 32) | (uint)index;
            return ConnectionDecision.Entered;
        }
    }

    /// <inheritdoc/>
    public void TakeBack(long place)
    {
        var table = TableAt((int)(place >> 32));
        var index = (int)place;
        lock (table.Gate)
        {
            if (--table[index].Amount == 0)
            {
                table.Remove(index);
            }
        }
    }
}
