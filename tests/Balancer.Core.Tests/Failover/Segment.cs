namespace Balancer.Failover;

/// <summary>Routers on one link with a clock of their own: what one sends, the others hear, unless the link between them is cut.</summary>
internal sealed class Segment
{
    private readonly List<RouterOnSegment> _routers = [];

    /// <summary>Microseconds since the beginning.</summary>
    public long Now { get; private set; }

    /// <summary>How long a packet travels.</summary>
    public long Delay { get; init; } = 100;

    /// <summary>What is on its way.</summary>
    public PriorityQueue<(RouterOnSegment From, byte Priority, long Interval), long> Travelling { get; } = new();

    public RouterOnSegment Add(string address, byte priority, long interval = 1_000_000, Func<VrrpTiming, VrrpTiming>? with = null)
    {
        var timing = new VrrpTiming { Version = 3, Priority = priority, Interval = interval };
        var router = new RouterOnSegment(this, address, with?.Invoke(timing) ?? timing);
        _routers.Add(router);
        return router;
    }

    /// <summary>Lets time pass, every deadline and packet in its order.</summary>
    public void Run(long microseconds)
    {
        var end = Now + microseconds;
        while (true)
        {
            var next = Math.Min(_routers.Min(r => r.IsAlive ? r.Router.NextDeadline : long.MaxValue), Travelling.TryPeek(out _, out var arrival) ? arrival : long.MaxValue);
            if (next > end)
            {
                Now = end;
                return;
            }

            Now = Math.Max(Now, next);
            while (Travelling.TryPeek(out var packet, out arrival) && arrival <= Now)
            {
                Travelling.Dequeue();
                foreach (var router in _routers.Where(r => r != packet.From && r.IsAlive && !r.IsCutOff && !packet.From.IsCutOff))
                {
                    router.Router.OnAdvertisement(Now, new VrrpAdvertisement(packet.From.Address, packet.Priority, packet.Interval));
                }
            }

            foreach (var router in _routers.Where(r => r.IsAlive && r.Router.NextDeadline <= Now))
            {
                router.Router.OnDeadline(Now);
            }
        }
    }

    /// <summary>Lets time pass until something holds.</summary>
    /// <returns>Microseconds it took.</returns>
    public long RunUntil(Func<bool> condition, long longest = 60_000_000)
    {
        var begin = Now;
        while (!condition())
        {
            Assert.True(Now - begin < longest, "It did not come to be.");
            Run(1000);
        }

        return Now - begin;
    }
}
