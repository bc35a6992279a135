namespace Balancer.Upstreams.Balancing;

/// <summary>
/// A pool of one primary server and no backup: nginx's <c>peers.single</c>. It is never ejected, never tried twice, whatever the method.
/// </summary>
internal sealed class SingleServerBalancer(UpstreamServer server) : IBalancer
{
    /// <inheritdoc/>
    public int Pick(PickContext context, long now)
    {
        if (server.IsClosed || server.State.TryEnter(server.ConnLimit) < 0)
        {
            return -1;
        }

        context.MarkTried(0);
        return 0;
    }

    /// <inheritdoc/>
    public void Left(int index, int conns, PickOutcome outcome, in PickTiming timing)
    {
    }
}
