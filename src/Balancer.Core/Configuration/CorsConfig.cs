namespace Balancer.Configuration;

/// <summary><c>cors</c>: which scripts of other origins browsers let use a location (the CORS protocol of the Fetch standard).</summary>
public sealed record CorsConfig
{
    /// <summary>The response fields of the protocol: with <c>cors</c> they are the gateway's, an upstream server's own are not passed on.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Private-Network", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
    ];

    /// <summary>Where the block starts.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary>False for <c>cors = false</c>.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary><c>allow_origin</c>: origins, with <c>*</c> for all names below one, <c>~regex</c>, <c>null</c>, or <c>*</c> alone for all.</summary>
    public IReadOnlyList<ConfigText> AllowOrigin { get; init; } = [];

    /// <summary><c>allow_methods</c>, or <c>*</c>. Without it GET, HEAD and POST, which need no permission.</summary>
    public IReadOnlyList<string>? AllowMethods { get; init; }

    /// <summary><c>allow_headers</c>: fields a request may have, or <c>*</c>.</summary>
    public IReadOnlyList<string>? AllowHeaders { get; init; }

    /// <summary><c>expose_headers</c>: fields of the response a script may read, or <c>*</c>.</summary>
    public IReadOnlyList<string>? ExposeHeaders { get; init; }

    /// <summary><c>allow_credentials</c>: whether cookies and the like may go along. Default false.</summary>
    public bool AllowCredentials { get; init; }

    /// <summary><c>max_age</c>: how long a browser may remember the answer of a preflight.</summary>
    public TimeSpan? MaxAge { get; init; }
}
