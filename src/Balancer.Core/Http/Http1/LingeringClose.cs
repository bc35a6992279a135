using System.IO.Pipelines;
using Balancer.Infrastructure;

namespace Balancer.Http.Http1;

/// <summary>
/// Reads and throws away what a client still sends that nobody wants, for a bounded time. A socket that is closed with unread bytes is
/// reset by the kernel, and the client would lose the response (nginx: <c>lingering_close</c>).
/// </summary>
internal static class LingeringClose
{
    /// <summary>Longest wait for the next bytes of a body that nobody wants (nginx: <c>lingering_timeout</c>).</summary>
    private const long DiscardTimeout = 5_000;

    /// <summary>
    /// Longest wait for a client that is still sending behind its last request. Shorter than nginx's, which shuts its own side down
    /// first: our client may wait for the end of the connection.
    /// </summary>
    private const long LingerTimeout = 1_000;

    /// <summary>Longest time for both (nginx: <c>lingering_time</c>).</summary>
    private const long LingerTime = 30_000;

    /// <summary>Reads the rest of a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="guard">Watches over the waits.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="awaitsContinue">Whether the client waits for a 100 Continue it will not get, and so has most likely stopped.</param>
    /// <returns>Whether the end was reached.</returns>
    public static async ValueTask<bool> DiscardAsync(Http1BodyReader body, IoGuard guard, CoarseClock clock, bool awaitsContinue)
    {
        var timeout = awaitsContinue ? LingerTimeout : DiscardTimeout;
        var deadline = clock.Milliseconds + LingerTime;
        body.MaxSize = 0;
        while (clock.Milliseconds < deadline)
        {
            var read = await body.ReadAsync(guard, timeout);
            if (read.Status != BodyStatus.Data)
            {
                return read.Status == BodyStatus.End;
            }
        }

        return false;
    }

    /// <summary>Reads until the client is silent or has closed.</summary>
    /// <param name="input">What the client sends.</param>
    /// <param name="guard">Watches over the waits.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="expectsMore">Whether the client is known to be still sending; else it is seen by bytes behind its request.</param>
    public static async ValueTask DrainAsync(PipeReader input, IoGuard guard, CoarseClock clock, bool expectsMore)
    {
        var deadline = clock.Milliseconds + LingerTime;
        try
        {
            while (true)
            {
                var expired = false;
                if (!input.TryRead(out var result))
                {
                    var left = Math.Min(LingerTimeout, deadline - clock.Milliseconds);
                    if (!expectsMore || left <= 0)
                    {
                        return;
                    }

                    guard.BeginRead(input, left);
                    result = await input.ReadAsync();
                    expired = guard.Expired;
                    guard.End();
                }

                expectsMore |= !result.Buffer.IsEmpty;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || expired || guard.IsInterrupted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            // The client has closed: that is what was waited for.
            guard.End();
        }
    }
}
