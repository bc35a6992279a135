using System.Runtime.CompilerServices;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>
/// The limits of a location, in nginx's order: <c>limit_req</c> first, so a request that waits there is not in progress for
/// <c>limit_conn</c>. A request meets the limits of one location only, the first that count it.
/// </summary>
internal sealed class TrafficLimits
{
    [ThreadStatic]
    private static ByteBuffer? t_key;

    /// <summary>The clock of the zones.</summary>
    public required LimitClock Clock { get; init; }

    /// <summary>The events.</summary>
    public required LimitLog Log { get; init; }

    /// <summary><c>limit_req</c>; null without.</summary>
    public RequestLimiter? Requests { get; init; }

    /// <summary><c>limit_req_status</c>.</summary>
    public int RequestStatus { get; init; }

    /// <summary><c>limit_req_log_level</c>.</summary>
    public ErrorLogLevel RequestLogLevel { get; init; }

    /// <summary><c>limit_req_headers</c>.</summary>
    public LimitFields Fields { get; init; }

    /// <summary><c>limit_conn</c>; empty without.</summary>
    public ConnectionRule[] Connections { get; init; } = [];

    /// <summary><c>limit_conn_headers</c>.</summary>
    public LimitFields ConnectionFields { get; init; }

    /// <summary><c>limit_conn_status</c>.</summary>
    public int ConnectionStatus { get; init; }

    /// <summary><c>limit_conn_log_level</c>.</summary>
    public ErrorLogLevel ConnectionLogLevel { get; init; }

    /// <summary><c>limit_conn_dry_run</c>.</summary>
    public bool IsConnectionDryRun { get; init; }

    /// <summary>Takes a request through the limits; it may have to wait. The places it takes are in <see cref="HttpExchange.HeldPlaces"/>.</summary>
    public ValueTask<LimitVerdict> EnterAsync(HttpExchange exchange, Downstream downstream)
    {
        if (Requests is not { } requests || exchange.LimitReqOutcome != LimitOutcome.None)
        {
            return new ValueTask<LimitVerdict>(TakePlaces(exchange));
        }

        var now = Clock.Milliseconds;
        var decision = requests.Decide(exchange, now);
        Note(exchange, decision);
        return exchange.LimitReqOutcome switch
        {
            LimitOutcome.Rejected => new ValueTask<LimitVerdict>(new LimitVerdict(RequestStatus)),
            LimitOutcome.Delayed => DelayAsync(exchange, downstream, now + decision.Delay),
            _ => new ValueTask<LimitVerdict>(TakePlaces(exchange)),
        };
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<LimitVerdict> DelayAsync(HttpExchange exchange, Downstream downstream, long until)
    {
        var error = await DelayWait.RunAsync(downstream, Clock, until);
        return error == ProxyError.None ? TakePlaces(exchange) : new LimitVerdict(0, error);
    }

    private void Note(HttpExchange exchange, in RequestDecision decision)
    {
        exchange.LimitReqOutcome = decision.Outcome;
        switch (decision.Outcome)
        {
            case LimitOutcome.None:
                return;
            case LimitOutcome.Delayed or LimitOutcome.DelayedDryRun:
                Log.RequestDelayed(RequestLogLevel, decision, exchange);
                break;
            case LimitOutcome.Rejected or LimitOutcome.RejectedDryRun:
                Log.RequestRefused(RequestLogLevel, decision, exchange);
                break;
        }

        // A dry run changes nothing that the client could see.
        var isShown = Fields == LimitFields.Always ? decision.Outcome <= LimitOutcome.Rejected : Fields == LimitFields.Refused && decision.Outcome == LimitOutcome.Rejected;
        if (isShown)
        {
            LimitFieldsWriter.Write(exchange, decision);
        }
    }

    private LimitVerdict TakePlaces(HttpExchange exchange)
    {
        if (Connections.Length == 0 || exchange.LimitConnOutcome != LimitOutcome.None)
        {
            return default;
        }

        var key = t_key ??= new ByteBuffer();
        foreach (var rule in Connections)
        {
            key.Clear();
            if (rule.Key.Write(exchange, key) == 0)
            {
                continue;
            }

            exchange.LimitConnOutcome = LimitOutcome.Passed;
            var decision = rule.Zone.Enter(key.Written, rule.Most, out var place);
            if (decision != ConnectionDecision.Entered)
            {
                return Refuse(exchange, rule, decision);
            }

            exchange.HeldPlaces.Add(rule.Zone, place);
            rule.Zone.Requests(LimitOutcome.Passed).Increment();
        }

        return default;
    }

    private LimitVerdict Refuse(HttpExchange exchange, ConnectionRule rule, ConnectionDecision decision)
    {
        exchange.HeldPlaces.GiveBack();
        exchange.LimitConnOutcome = IsConnectionDryRun ? LimitOutcome.RejectedDryRun : LimitOutcome.Rejected;
        rule.Zone.Requests(exchange.LimitConnOutcome).Increment();
        Log.ConnectionRefused(ConnectionLogLevel, rule, decision, exchange);
        if (ConnectionFields != LimitFields.Off && !IsConnectionDryRun)
        {
            LimitFieldsWriter.WriteShortest(exchange);
        }

        return new LimitVerdict(IsConnectionDryRun ? 0 : ConnectionStatus);
    }
}
