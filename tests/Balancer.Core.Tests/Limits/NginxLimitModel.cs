namespace Balancer.Limits;

/// <summary>
/// ngx_http_limit_req_module for one worker, transcribed step by step: look every zone up, the last one accounts at once, then the others
/// are accounted backwards. Memory without end; rates in thousandths of requests a second.
/// </summary>
internal sealed class NginxLimitModel(IReadOnlyList<NginxLimitModel.Limit> limits)
{
    private readonly Dictionary<string, Node>[] _zones = [.. limits.Select(_ => new Dictionary<string, Node>())];

    /// <summary>Decides about a request.</summary>
    /// <param name="keys">Its keys, one a limit.</param>
    /// <param name="now">Milliseconds.</param>
    /// <returns>Whether it is refused, else its delay; null when no limit counts it.</returns>
    public (bool Busy, long Delay)? Handle(string[] keys, long now)
    {
        var pending = new Node?[limits.Count];
        var result = "declined";
        long excess = 0;
        var n = 0;
        for (; n < limits.Count; n++)
        {
            if (keys[n].Length == 0)
            {
                continue;
            }

            result = LookUp(n, keys[n], now, n == limits.Count - 1, out excess, out pending[n]);
            if (result != "again")
            {
                break;
            }
        }

        switch (result)
        {
            case "declined":
                return null;
            case "busy":
                return (true, 0);
            case "again":
                n = limits.Count - 1;
                return (false, Account(pending, n + 1, n, 0, now));
            default:
                return (false, Account(pending, n, n, excess, now));
        }
    }

    private string LookUp(int n, string key, long now, bool account, out long excess, out Node? pending)
    {
        pending = null;
        excess = 0;
        if (!_zones[n].TryGetValue(key, out var node))
        {
            _zones[n][key] = node = new Node { Last = account ? now : long.MinValue / 4 };
            pending = account ? null : node;
            return account ? "ok" : "again";
        }

        var ms = Math.Max(0, now - node.Last);
        excess = Math.Max(0, node.Excess - Leaked(n, ms) + 1000);
        if (excess > limits[n].Burst * 1000L)
        {
            return "busy";
        }

        if (!account)
        {
            pending = node;
            return "again";
        }

        node.Excess = excess;
        if (ms > 0)
        {
            node.Last = now;
        }

        return "ok";
    }

    private long Account(Node?[] pending, int n, int last, long excess, long now)
    {
        var longest = DelayOf(last, excess);
        while (n-- > 0)
        {
            if (pending[n] is not { } node)
            {
                continue;
            }

            var ms = Math.Max(0, now - node.Last);
            node.Excess = Math.Max(0, node.Excess - Leaked(n, ms) + 1000);
            if (ms > 0)
            {
                node.Last = now;
            }

            longest = Math.Max(longest, DelayOf(n, node.Excess));
        }

        return longest;
    }

    private long DelayOf(int n, long excess)
    {
        var free = limits[n].NoDelay ? long.MaxValue : limits[n].Delay * 1000L;
        return excess <= free ? 0 : (excess - free) * 1000 / limits[n].Rate;
    }

    /// <summary>As nginx computes it, but for a time so long that nothing can be left.</summary>
    private long Leaked(int n, long ms) => ms > 1L << 40 ? long.MaxValue / 2 : limits[n].Rate * ms / 1000;

    /// <param name="Rate">Thousandths of a request a second: <c>50r/m</c> is 833.</param>
    /// <param name="Burst">Requests.</param>
    /// <param name="Delay">Requests.</param>
    /// <param name="NoDelay">Whether nothing waits.</param>
    internal sealed record Limit(long Rate, int Burst, int Delay, bool NoDelay);

    private sealed class Node
    {
        public long Last { get; set; }

        public long Excess { get; set; }
    }
}
