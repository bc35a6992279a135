using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

/// <summary>The wait for a client to take what was sent. There is nothing to be saved when it is ended: the stream is reset.</summary>
internal sealed class Http2SendWait(Http2Downstream downstream) : IInterruptible
{
    /// <inheritdoc/>
    public void Interrupt() => downstream.GiveUp();
}
