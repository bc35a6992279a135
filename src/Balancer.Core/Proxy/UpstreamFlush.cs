using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Proxy;

/// <summary>Flushes towards an upstream server.</summary>
internal static class UpstreamFlush
{
    /// <summary>
    /// Sends what was written. A connection that broke is not an error here: the server may have answered before it closed, and
    /// reading the response tells.
    /// </summary>
    public static ValueTask<ProxyError> FlushAsync(PipeWriter output, IoGuard guard, long timeout, ForwardContext context)
    {
        var pending = output.FlushAsync();
        if (!pending.IsCompletedSuccessfully)
        {
            return AwaitAsync(pending, output, guard, timeout, context);
        }

        // A flush cancelled before it began is an old cancellation; the bytes are on their way all the same.
        _ = pending.Result;
        return new ValueTask<ProxyError>(ProxyError.None);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<ProxyError> AwaitAsync(ValueTask<FlushResult> pending, PipeWriter output, IoGuard guard, long timeout, ForwardContext context)
    {
        while (true)
        {
            guard.BeginFlush(output, timeout);
            var result = await pending;
            var expired = guard.Expired;
            guard.End();
            if (!result.IsCanceled || result.IsCompleted)
            {
                return ProxyError.None;
            }

            if (guard.IsInterrupted)
            {
                return ProxyError.ClientAborted;
            }

            if (expired)
            {
                return ProxyError.UpstreamWriteTimeout;
            }

            if (context.PumpError != ProxyError.None)
            {
                return context.PumpError;
            }

            pending = output.FlushAsync();
        }
    }
}
