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

    /// <summary>Tells that a request has taken a place on a server without a pick, because its session is bound to it.</summary>
    void Bound(int index, long now)
    {
    }

    /// <summary>Tells that a request left the server; called after the count was lowered, without the gate.</summary>
    /// <param name="index">The server.</param>
    /// <param name="conns">How many requests are left on it.</param>
    /// <param name="outcome">How the try ended.</param>
    /// <param name="timing">How long it took.</param>
    void Left(int index, int conns, PickOutcome outcome, in PickTiming timing);

    /// <summary>Tells that a server may be picked from now on, or no longer, or has another weight. Called under the gate.</summary>
    void Changed(int index)
    {
    }
}
