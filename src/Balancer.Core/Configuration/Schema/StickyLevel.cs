using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>sticky</c>.</summary>
internal static class StickyLevel
{
    public static ConfigLevel<StickyConfig> Level { get; } = new("sticky",
    [
        Key.Always<StickyConfig, string>(
            "method", new TextType("word", "the word cookie", static text => text == "cookie"), static _ => "cookie", static (s, _) => s, null,
            "The word `cookie`, first: the gateway sets a cookie of its own.", "\"cookie\"", required: true),
        Key.Always<StickyConfig, string>(
            "name", new TextType("word", "the name of a cookie: letters, digits and !#$%&'*+-.^_`|~", FieldSyntax.IsName), static s => s.Name, static (s, v) => s with { Name = v }, null,
            "The name of the cookie. The second word.", "\"srv_id\"", required: true),
        Key.Optional<StickyConfig, TimeSpan>(
            "expires", new CookieLifetimeType(), static s => s.Expires, static (s, v) => s with { Expires = v }, null,
            "How long a browser keeps it, or `max`. Without it until the browser is closed.", "\"1h\""),
        Key.OptionalRef<StickyConfig, string>(
            "domain", new TextType("domain", "a domain name without variables", static text => HostName.IsDnsName(text.TrimStart('.'))), static s => s.Domain, static (s, v) => s with { Domain = v }, null,
            "The domain it is sent to. Without it the host that set it.", "\"example.com\""),
        Key.OptionalRef<StickyConfig, string>(
            "path", new TextType("path", "a path that starts with a slash, without semicolon", IsPath), static s => s.Path, static (s, v) => s with { Path = v }, null,
            "The path it is sent to. Without it that of the request that set it.", "\"/\""),
        Key.Always<StickyConfig, bool>(
            "httponly", BooleanType.Instance, static s => s.HttpOnly, static (s, v) => s with { HttpOnly = v }, "false", "Scripts cannot read it.", "true"),
        Key.Always<StickyConfig, bool>(
            "secure", BooleanType.Instance, static s => s.Secure, static (s, v) => s with { Secure = v }, "false", "It is sent over TLS only.", "true"),
        Key.Optional<StickyConfig, SameSite>(
            "samesite", new ChoiceType<SameSite>(("strict", SameSite.Strict), ("lax", SameSite.Lax), ("none", SameSite.None)), static s => s.SameSite, static (s, v) => s with { SameSite = v }, null,
            "With which requests of other sites it is sent: `strict`, `lax` or `none`.", "\"lax\""),
    ]);

    public static PhraseType<StickyConfig> Type { get; } = new(Level, static _ => new StickyConfig { Name = "" }, ["method", "name"], "a phrase such as \"cookie srv_id expires=1h path=/\"");

    private static bool IsPath(string text) => text.StartsWith('/') && !text.Contains(';', StringComparison.Ordinal) && FieldSyntax.IndexOfForbidden(text) < 0;
}
