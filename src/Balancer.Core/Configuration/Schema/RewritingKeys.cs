namespace Balancer.Configuration.Schema;

/// <summary>The keys that change answers on their way to the client, which are settings.</summary>
internal static class RewritingKeys
{
    private static IReadOnlyList<LevelKey<RewritingConfig>> All { get; } =
    [
        Key.OptionalRef<RewritingConfig, IReadOnlyList<ErrorPageConfig>>(
            "error_page", new ErrorPagesType(), static r => r.ErrorPages, static (r, v) => r with { ErrorPages = v }, null,
            "What answers requests that failed, by their status: those the gateway refuses or fails on itself, a bare `return` of 400 and above, and with `proxy_intercept_errors` responses of upstream servers. The original status is kept unless `=` says otherwise. A redirect within the gateway to a path is a GET (or HEAD) without the request's body; a location of a name gets the request as it is, and can pass it on unless more of its body than `client_body_buffer_size` was sent to a server before. After ten such redirects of a request it is answered 500. gRPC calls and WebSockets by HTTP/2 get no error pages. A level that sets it replaces all of the level above.",
            "[\"404 /404.html\", \"500 502 503 504 =503 /sorry\"]"),
        Key.Optional<RewritingConfig, bool>(
            "recursive_error_pages", BooleanType.Instance, static r => r.RecursiveErrorPages, static (r, v) => r with { RecursiveErrorPages = v }, "false",
            "Whether what goes wrong while an error page is answered gets an error page too.", "true"),
        Key.Optional<RewritingConfig, bool>(
            "proxy_intercept_errors", BooleanType.Instance, static r => r.InterceptErrors, static (r, v) => r with { InterceptErrors = v }, "false",
            "Whether responses of upstream servers with a status of `error_page` are replaced by that page. The `WWW-Authenticate` of a 401 is kept.", "true"),
        Key.OptionalRef<RewritingConfig, ExpiresConfig>(
            "expires", ExpiresType.Instance, static r => r.Expires, static (r, v) => r with { Expires = v }, "\"off\"",
            "How long responses may be kept: a time after the response, or after its Last-Modified behind the word `modified`; `@15h30m` for the next time of day by the local clock; a negative time, or `epoch`, for not at all; `max` for ten years. Sets `Expires` and `Cache-Control` in place of those of upstream servers, on the statuses 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308. With variables, a text that comes out as none of these is `off`.",
            "\"30d\""),
        Key.OptionalRef<RewritingConfig, CorsConfig>(
            "cors", new CorsType(), static r => r.Cors, static (r, v) => r with { Cors = v }, null,
            "Which scripts of other origins browsers let use it (CORS). A table, which may have a header of its own such as `[server.location.cors]`. Preflights are answered 204 by the gateway, before anything else is asked of them. Responses to an origin that may, errors included, get the `Access-Control-…` fields in place of those of upstream servers; other requests pass without them, and so does the answer to their preflight. Unless all origins may, every response says `Vary: Origin`. The nearest level's holds as a whole; `false` undoes the level above.",
            "{ allow_origin = \"https://app.example.com\", allow_credentials = true }", "the CORS protocol of the Fetch standard"),
        Key.OptionalRef<RewritingConfig, IReadOnlyList<TextRuleConfig>>(
            "proxy_redirect", new TextRulesType(allowsDefault: true), static r => r.ProxyRedirect, static (r, v) => r with { ProxyRedirect = v }, "\"default\"",
            "What is replaced in `Location` and `Refresh` of upstream servers: the start of the URL that is the first word, or a whole one that fits `~regex` (`~*regex` in any case), by the second. The first rule that fits is used; a path that comes out gets this gateway's scheme, host and port. `default` replaces the URL of `proxy_pass` by the path of the location, and with no path in `proxy_pass`, the server by `/`. `off` changes nothing.",
            "[\"default\", \"http://app.internal:8080/ /\"]"),
        Key.OptionalRef<RewritingConfig, IReadOnlyList<TextRuleConfig>>(
            "proxy_cookie_domain", new TextRulesType(allowsDefault: false), static r => r.CookieDomain, static (r, v) => r with { CookieDomain = v }, "\"off\"",
            "What is replaced in the `Domain` of cookies that upstream servers set: the domain that is the first word, or one that fits `~regex`, by the second. Case and a dot at the start do not matter.",
            "\"app.internal $host\""),
        Key.OptionalRef<RewritingConfig, IReadOnlyList<TextRuleConfig>>(
            "proxy_cookie_path", new TextRulesType(allowsDefault: false), static r => r.CookiePath, static (r, v) => r with { CookiePath = v }, "\"off\"",
            "What is replaced in the `Path` of cookies that upstream servers set: the start of the path that is the first word, or a whole one that fits `~regex`, by the second.",
            "\"/app/ /\""),
        Key.OptionalRef<RewritingConfig, IReadOnlyList<CookieFlagsConfig>>(
            "proxy_cookie_flags", new CookieFlagsType(), static r => r.CookieFlags, static (r, v) => r with { CookieFlags = v }, "\"off\"",
            "Which flags cookies that upstream servers set get or lose: those with the name that is the first word, in any case, or one that fits `~regex` (in any case too). The other words are `secure`, `httponly`, `samesite=strict`, `samesite=lax`, `samesite=none`, `nosecure`, `nohttponly` and `nosamesite`, or variables that come out as one; anything else they come out as changes nothing. The first line that fits is used.",
            "[\"session secure httponly samesite=lax\", \"~ secure\"]"),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, RewritingConfig>(key, static s => s.Rewriting, static (s, v) => s with { Rewriting = v }));
}
