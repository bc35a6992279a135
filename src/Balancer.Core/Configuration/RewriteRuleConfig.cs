namespace Balancer.Configuration;

/// <summary>One line of <c>rewrite</c>: <c>"^/old/(.*)$ /new/$1 last"</c>.</summary>
/// <param name="Pattern">The regular expression the path must fit.</param>
/// <param name="Replacement">The new path, and query behind a question mark; or the URL the client is redirected to. May hold variables.</param>
/// <param name="Flag">What follows; null goes on with the next rule.</param>
public sealed record RewriteRuleConfig(ConfigText Pattern, ConfigText Replacement, RewriteFlag? Flag)
{
    /// <summary>Whether a replacement redirects the client by itself.</summary>
    public static bool IsUrl(string text) =>
        text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal) || text.StartsWith("$scheme", StringComparison.Ordinal);
}
