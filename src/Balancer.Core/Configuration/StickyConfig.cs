namespace Balancer.Configuration;

/// <summary><c>sticky = "cookie NAME …"</c>: a client keeps to the server it got first, by a cookie.</summary>
public sealed record StickyConfig
{
    /// <summary>The cookie's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>expires=</c>: how long a browser keeps it; null until the browser is closed, <see cref="TimeSpan.MaxValue"/> for <c>max</c>.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary><c>domain=</c>; null is the host of the request.</summary>
    public string? Domain { get; init; }

    /// <summary><c>path=</c>; null is the path of the request.</summary>
    public string? Path { get; init; }

    /// <summary><c>httponly</c>.</summary>
    public bool HttpOnly { get; init; }

    /// <summary><c>secure</c>.</summary>
    public bool Secure { get; init; }

    /// <summary><c>samesite=</c>; null says nothing.</summary>
    public SameSite? SameSite { get; init; }
}
