using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>
/// The <c>limit_req</c> of a location. All of its zones decide as one: the tables that hold a request's keys are locked together, so the
/// request is accounted in every zone or, when one refuses it, in none, whatever comes at the same time. Any thread; allocates nothing.
/// </summary>
internal sealed class RequestLimiter
{
    [ThreadStatic]
    private static ByteBuffer? t_keys;

    private readonly RequestRule[] _rules;
    private readonly RequestRule[] _inLockOrder;
    private readonly int[] _lockOrder;
    private readonly LimitOutcome _delayed;
    private readonly LimitOutcome _rejected;

    /// <param name="rules">The limits in the order of the configuration; each of another zone.</param>
    /// <param name="isDryRun">Whether it only says what would become of requests.</param>
    public RequestLimiter(RequestRule[] rules, bool isDryRun)
    {
        _rules = rules;
        _delayed = isDryRun ? LimitOutcome.DelayedDryRun : LimitOutcome.Delayed;
        _rejected = isDryRun ? LimitOutcome.RejectedDryRun : LimitOutcome.Rejected;
        _lockOrder = [.. Enumerable.Range(0, rules.Length).OrderBy(i => rules[i].Zone.Serial)];
        _inLockOrder = [.. _lockOrder.Select(i => rules[i])];
    }

    /// <summary>Decides about a request, and accounts it unless it is refused. Counts it for the metrics of the zones.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="now">Milliseconds of the zones' clock.</param>
    public RequestDecision Decide(HttpExchange exchange, long now)
    {
        Span<Probe> probes = stackalloc Probe[_rules.Length];
        var keys = t_keys ??= new ByteBuffer();
        keys.Clear();
        for (var i = 0; i < _rules.Length; i++)
        {
            ref var probe = ref probes[i];
            probe.Start = keys.Length;
            probe.Length = _rules[i].Key.Write(exchange, keys);
            probe.Hash = probe.Length == 0 ? 0 : _rules[i].Zone.HashOf(keys.Written[probe.Start..]);
        }

        if (keys.Length == 0)
        {
            return default;
        }

        var decision = DecideLocked(probes, keys.Written, now);
        Count(probes, decision);
        return decision;
    }

    private RequestDecision DecideLocked(Span<Probe> probes, ReadOnlySpan<byte> keys, long now)
    {
        var locked = 0;
        try
        {
            for (; locked < _lockOrder.Length; locked++)
            {
                ref var probe = ref probes[_lockOrder[locked]];
                if (probe.Length > 0)
                {
                    _inLockOrder[locked].Zone.TableOf(probe.Hash).Gate.Enter();
                }
            }

            return Decide(probes, keys, now);
        }
        finally
        {
            while (locked > 0)
            {
                ref var probe = ref probes[_lockOrder[--locked]];
                if (probe.Length > 0)
                {
                    _inLockOrder[locked].Zone.TableOf(probe.Hash).Gate.Exit();
                }
            }
        }
    }

    /// <summary>Decides while the tables of all keys are locked.</summary>
    private RequestDecision Decide(Span<Probe> probes, ReadOnlySpan<byte> keys, long now)
    {
        for (var i = 0; i < probes.Length; i++)
        {
            ref var probe = ref probes[i];
            if (probe.Length == 0)
            {
                continue;
            }

            var rule = _rules[i];
            var table = rule.Zone.TableOf(probe.Hash);
            probe.Index = rule.Zone.Find(table, keys.Slice(probe.Start, probe.Length), probe.Hash, now, rule.Rate);
            if (probe.Index == 0)
            {
                return new RequestDecision(_rejected, rule, -1);
            }

            probe.Excess = RequestZone.ExcessWithOneMore(table[probe.Index], now, rule.Rate);
            if (probe.Excess > rule.Burst)
            {
                return new RequestDecision(_rejected, rule, probe.Excess);
            }
        }

        return Account(probes, now);
    }

    private RequestDecision Account(Span<Probe> probes, long now)
    {
        RequestDecision decision = default;
        var least = long.MaxValue;
        for (var i = probes.Length - 1; i >= 0; i--)
        {
            ref var probe = ref probes[i];
            if (probe.Length == 0)
            {
                continue;
            }

            var rule = _rules[i];
            RequestZone.Account(ref rule.Zone.TableOf(probe.Hash)[probe.Index], probe.Excess, now);
            var delay = probe.Excess <= rule.Delay ? 0 : rule.Rate.TimeFor(probe.Excess - rule.Delay);
            var left = rule.Burst - probe.Excess;
            if (delay > decision.Delay)
            {
                decision = new RequestDecision(_delayed, rule, probe.Excess, delay);
            }
            else if (decision.Delay == 0 && left < least)
            {
                decision = new RequestDecision(LimitOutcome.Passed, rule, probe.Excess);
                least = left;
            }
        }

        return decision;
    }

    private void Count(Span<Probe> probes, in RequestDecision decision)
    {
        if (decision.Outcome == _rejected)
        {
            decision.Rule!.Zone.Requests(_rejected).Increment();
            return;
        }

        for (var i = 0; i < probes.Length; i++)
        {
            if (probes[i].Length > 0)
            {
                _rules[i].Zone.Requests(_rules[i] == decision.Rule ? decision.Outcome : LimitOutcome.Passed).Increment();
            }
        }
    }

    /// <summary>A request's key for one limit.</summary>
    private struct Probe
    {
        /// <summary>Where it starts among all keys.</summary>
        public int Start;

        /// <summary>Its length; 0 when the limit does not count the request.</summary>
        public int Length;

        /// <summary>Its place in the table.</summary>
        public int Index;

        public ulong Hash;

        /// <summary>What it would be ahead with this request.</summary>
        public long Excess;
    }
}
