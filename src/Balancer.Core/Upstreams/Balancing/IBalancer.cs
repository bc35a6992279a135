namespace Balancer.Upstreams.Balancing;

/// <summary>A balancing method over one group of servers. All members may be called from any thread.</summary>
internal interface IBalancer
{
    /// <summary>
    /// Chooses a server that is neither tried by this request nor down, ejected or full, takes a place on it and marks it tried.
    /// </summary>
    /// <param name="context">What the request tried, and its key.</param>
    /// <param name="now">The coarse clock's milliseconds.</param>
    /// <returns>The index in the group, or -1 when there is none.</returns>
    int Pick(PickContext context, long now);

    /// <summary>Tells that a request left the server; called after the count was lowered, without the gate.</summary>
    /// <param name="index">The server.</param>
    /// <param name="conns">How many requests are left on it.</param>
    void Left(int index, int conns);

    /// <summary>Tells that a response of the server was measured; called without the gate.</summary>
    /// <param name="index">The server.</param>
    /// <param name="timing">The times of the response.</param>
    void Measured(int index, in PickTiming timing)
    {
    }

    /// <summary>Reads all servers anew, after the group took over their state. Called under the gate.</summary>
    void Refresh()
    {
    }
}
