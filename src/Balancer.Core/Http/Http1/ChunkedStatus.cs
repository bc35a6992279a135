namespace Balancer.Http.Http1;

/// <summary>What <see cref="ChunkedDecoder.Read"/> found.</summary>
internal enum ChunkedStatus : byte
{
    /// <summary>All input was consumed and held no payload; the body goes on.</summary>
    NeedMore,

    /// <summary>There is payload.</summary>
    Payload,

    /// <summary>The body is complete, trailers included.</summary>
    Complete,

    /// <summary>The coding is broken; see <see cref="ChunkedDecoder.Error"/>.</summary>
    Invalid,
}
