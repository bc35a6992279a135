using Balancer.Configuration;
using Balancer.Http;

namespace Balancer.Proxy;

/// <summary>Whether a try that failed may be repeated (<c>proxy_next_upstream</c> and its companions).</summary>
internal static class RetryPolicy
{
    /// <summary>Whether another server may be asked under <paramref name="condition"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="condition">What happened.</param>
    /// <param name="now">Milliseconds of the coarse clock.</param>
    public static bool MayTryNext(ForwardContext context, NextUpstreamConditions condition, long now)
    {
        var action = context.Action;
        return condition != NextUpstreamConditions.None
            && (action.NextUpstream & condition) != 0
            && (action.NextUpstreamTimeout == 0 || now - context.StartedAt < action.NextUpstreamTimeout)
            && MayRepeat(context);
    }

    /// <summary>Whether the request can be sent again at all, and sending it twice does no harm (RFC 9110 section 9.2.2).</summary>
    public static bool MayRepeat(ForwardContext context)
    {
        if (!context.IsRequestSent)
        {
            return true;
        }

        var isSafeToRepeat = context.IsUnprocessed
            || context.Exchange.Request.KnownMethod is not (KnownMethod.Post or KnownMethod.Lock or KnownMethod.Patch)
            || (context.Action.NextUpstream & NextUpstreamConditions.NonIdempotent) != 0;
        return isSafeToRepeat && (context.Replay.IsWhole || !context.SendsBody);
    }
}
