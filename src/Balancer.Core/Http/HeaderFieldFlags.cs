namespace Balancer.Http;

/// <summary>What a parser found out about a header field.</summary>
[Flags]
internal enum HeaderFieldFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Ends at this hop: hop-by-hop by RFC 9110 section 7.6.1, or named in Connection. Never forwarded.</summary>
    HopByHop = 1,

    /// <summary>Dropped for its name: it holds an underscore and <c>underscores_in_headers</c> is off.</summary>
    Dropped = 2,

    /// <summary>On the wire it stood as <c>name: value CR LF</c> with one space, so it can be copied as it is.</summary>
    Canonical = 4,
}
