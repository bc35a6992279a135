namespace Balancer.Http.Http2;

/// <summary>Why the gateway ends an HTTP/2 connection that the engine would go on with: floods, which cost the server more than the client, and what the engine is lax about.</summary>
internal enum Http2Fault : byte
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The first frame behind the preface is not SETTINGS (RFC 9113 section 3.4).</summary>
    NoSettings,

    /// <summary>Streams opened and reset, over and over (CVE-2023-44487).</summary>
    RapidReset,

    /// <summary>Streams opened and broken, so that the server resets them, over and over (CVE-2025-8671).</summary>
    MadeYouReset,

    /// <summary>More PINGs than the traffic explains (CVE-2019-9512).</summary>
    PingFlood,

    /// <summary>More SETTINGS than the traffic explains (CVE-2019-9515).</summary>
    SettingsFlood,

    /// <summary>More PRIORITYs than the traffic explains (CVE-2019-9513).</summary>
    PriorityFlood,

    /// <summary>More WINDOW_UPDATEs than the traffic explains.</summary>
    WindowUpdateFlood,

    /// <summary>DATA without data (CVE-2019-9518).</summary>
    EmptyFrameFlood,

    /// <summary>Frames of types nobody knows.</summary>
    UnknownFrameFlood,

    /// <summary>A header block in too many frames, or larger than any head may be (CVE-2024-27316).</summary>
    ContinuationFlood,

    /// <summary>A header block that was begun and not ended in time (<c>client_header_timeout</c>).</summary>
    HeaderTimeout,

    /// <summary>What was left of responses was taken slower than <c>send_timeout</c> or <c>send_min_rate</c> allow (CVE-2019-9511, CVE-2019-9517).</summary>
    SlowRead,

    /// <summary>The engine has cut the connection, for it made more answers necessary than the client takes.</summary>
    Backlog,
}
