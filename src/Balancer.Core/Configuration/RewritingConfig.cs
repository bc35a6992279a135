namespace Balancer.Configuration;

/// <summary>The settings that change answers on their way to the client; a null was not written (see <see cref="Over"/>).</summary>
public sealed record RewritingConfig
{
    /// <summary><c>error_page</c>. As in nginx a level that sets any replaces those of the level above.</summary>
    public IReadOnlyList<ErrorPageConfig>? ErrorPages { get; init; }

    /// <summary><c>recursive_error_pages</c>: whether <see cref="ErrorPages"/> hold for answers of error pages too. Default false.</summary>
    public bool? RecursiveErrorPages { get; init; }

    /// <summary><c>proxy_intercept_errors</c>: whether <see cref="ErrorPages"/> hold for responses of upstream servers too. Default false.</summary>
    public bool? InterceptErrors { get; init; }

    /// <summary><c>expires</c>; a text of <c>off</c> undoes the level above.</summary>
    public ExpiresConfig? Expires { get; init; }

    /// <summary><c>cors</c>; one that is not on undoes the level above.</summary>
    public CorsConfig? Cors { get; init; }

    /// <summary><c>proxy_redirect</c>; an empty list is <c>off</c>. Default the one rule that follows from <c>proxy_pass</c>.</summary>
    public IReadOnlyList<TextRuleConfig>? ProxyRedirect { get; init; }

    /// <summary><c>proxy_cookie_domain</c>; an empty list is <c>off</c>.</summary>
    public IReadOnlyList<TextRuleConfig>? CookieDomain { get; init; }

    /// <summary><c>proxy_cookie_path</c>; an empty list is <c>off</c>.</summary>
    public IReadOnlyList<TextRuleConfig>? CookiePath { get; init; }

    /// <summary><c>proxy_cookie_flags</c>; an empty list is <c>off</c>.</summary>
    public IReadOnlyList<CookieFlagsConfig>? CookieFlags { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public RewritingConfig Over(RewritingConfig outer) => new()
    {
        ErrorPages = ErrorPages ?? outer.ErrorPages,
        RecursiveErrorPages = RecursiveErrorPages ?? outer.RecursiveErrorPages,
        InterceptErrors = InterceptErrors ?? outer.InterceptErrors,
        Expires = Expires ?? outer.Expires,
        Cors = Cors ?? outer.Cors,
        ProxyRedirect = ProxyRedirect ?? outer.ProxyRedirect,
        CookieDomain = CookieDomain ?? outer.CookieDomain,
        CookiePath = CookiePath ?? outer.CookiePath,
        CookieFlags = CookieFlags ?? outer.CookieFlags,
    };
}
