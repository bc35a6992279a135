using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Proxy;

/// <summary>Flushes towards an upstream server.</summary>
internal static class UpstreamFlush
{
    /// <summary>Starts to send what was written.</summary>
    public static ValueTask<FlushResult> Begin(PipeWriter output)
    {
        try
        {
            return output.FlushAsync();
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
        }
    }

    /// <summary>Sends what was written, and waits while the server does not read.</summary>
    /// <returns><see cref="ProxyError.UpstreamWriteFailed"/> when the connection is broken: the server may have answered before.</returns>
    public static ValueTask<ProxyError> FlushAsync(PipeWriter output, IoGuard guard, long timeout) =>
        EndAsync(Begin(output), output, guard, timeout);

    /// <summary>Waits for the end of a flush.</summary>
    public static ValueTask<ProxyError> EndAsync(ValueTask<FlushResult> pending, PipeWriter output, IoGuard guard, long timeout)
    {
        if (!pending.IsCompletedSuccessfully)
        {
            return AwaitAsync(pending, output, guard, timeout);
        }

        // A flush cancelled before it began is an old cancellation; the bytes are on their way all the same.
        return new ValueTask<ProxyError>(pending.Result.IsCompleted ? ProxyError.UpstreamWriteFailed : ProxyError.None);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<ProxyError> AwaitAsync(ValueTask<FlushResult> pending, PipeWriter output, IoGuard guard, long timeout)
    {
        try
        {
            while (true)
            {
                guard.BeginFlush(output, timeout);
                var result = await pending;
                var expired = guard.Expired;
                guard.End();
                if (result.IsCompleted || !result.IsCanceled)
                {
                    return result.IsCompleted ? ProxyError.UpstreamWriteFailed : ProxyError.None;
                }

                if (guard.IsInterrupted)
                {
                    return ProxyError.ClientAborted;
                }

                if (expired)
                {
                    return ProxyError.UpstreamWriteTimeout;
                }

                pending = output.FlushAsync();
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            guard.End();
            return ProxyError.UpstreamWriteFailed;
        }
    }
}
