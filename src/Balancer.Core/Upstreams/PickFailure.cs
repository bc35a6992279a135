namespace Balancer.Upstreams;

/// <summary>Why no server of a pool could be chosen.</summary>
internal enum PickFailure : byte
{
    /// <summary>One was chosen.</summary>
    None,

    /// <summary>Every server is down, ejected or was tried already: nginx's "no live upstreams".</summary>
    NoLiveServer,

    /// <summary>A server would do, but is at its <c>max_conns</c>; the request may wait in the <c>queue</c>.</summary>
    AllBusy,

    /// <summary>As <see cref="AllBusy"/>, and the queue is full.</summary>
    QueueFull,

    /// <summary>The wait in the queue was ended: its time was over, or the client went away.</summary>
    Interrupted,
}
