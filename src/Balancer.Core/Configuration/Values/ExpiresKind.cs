namespace Balancer.Configuration.Values;

/// <summary>What an <c>expires</c> says.</summary>
internal enum ExpiresKind : byte
{
    /// <summary><c>off</c>: nothing is added or replaced.</summary>
    Off,

    /// <summary><c>epoch</c>: expired since 1970, <c>no-cache</c>.</summary>
    Epoch,

    /// <summary><c>max</c>: ten years, and an Expires of the end of 2037.</summary>
    Max,

    /// <summary>A time after the response.</summary>
    Access,

    /// <summary><c>modified</c>: a time after its Last-Modified.</summary>
    Modified,

    /// <summary><c>@time</c>: the next time of day, by the local clock.</summary>
    Daily,
}
