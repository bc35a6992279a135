using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>The rest of a response whose request is over: it waits in the engine until the client takes it. Times in milliseconds.</summary>
internal struct Http2Rest
{
    /// <summary>The stream as the engine has it; it serves another one some time after the rest was sent.</summary>
    public required IFeatureCollection Stream { get; init; }

    /// <summary><c>send_timeout</c>: how long the client may take none of it.</summary>
    public required long SendTimeout { get; init; }

    /// <summary><c>send_min_rate</c>: bytes a second the client takes at least on the whole connection, once <see cref="SendTimeout"/> has passed.</summary>
    public required long MinRate { get; init; }

    /// <summary>When the request ended.</summary>
    public required long Since { get; init; }

    /// <summary>How many bytes the connection had sent by then.</summary>
    public required long SentBefore { get; init; }

    /// <summary>When some of it was last sent.</summary>
    public required long QuietSince { get; set; }

    /// <summary>Until when the stream is to be gone, which was reset because the client is too slow; 0 before.</summary>
    public long ResetUntil { get; set; }

    /// <summary>How long it may still take; 0 or less when the client is too slow.</summary>
    public readonly long Left(long now, long sent)
    {
        if (ResetUntil > 0)
        {
            return ResetUntil - now;
        }

        var waited = now - Since;
        return waited >= SendTimeout && (sent - SentBefore) * 1000 < MinRate * waited ? 0 : QuietSince + SendTimeout - now;
    }
}
