namespace Balancer.Http;

/// <summary>What a read of a body found.</summary>
internal enum BodyStatus : byte
{
    /// <summary>Bytes, and more may follow.</summary>
    Data,

    /// <summary>The end of the body, perhaps with its last bytes.</summary>
    End,

    /// <summary>The sender broke the framing.</summary>
    Malformed,

    /// <summary>The connection ended before the body did.</summary>
    Truncated,

    /// <summary>Nothing came in time.</summary>
    TimedOut,

    /// <summary>It comes slower than it has to.</summary>
    TooSlow,

    /// <summary>The body is larger than allowed.</summary>
    TooLarge,

    /// <summary>The wait was interrupted: the client went away, or the gateway stops.</summary>
    Interrupted,
}
