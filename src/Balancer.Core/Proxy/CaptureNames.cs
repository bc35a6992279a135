using System.Text.RegularExpressions;
using Balancer.Configuration;
using Balancer.Http.Patterns;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>The names of captures that regular expressions of the configuration make variables.</summary>
internal static partial class CaptureNames
{
    /// <summary>
    /// The names in a configuration. As in nginx a named capture is a variable everywhere, without a value where its
    /// expression was not what fitted: texts are inherited by locations that capture nothing.
    /// </summary>
    public static IEnumerable<string> Of(GatewayConfig config) => Of(
        config.Servers.SelectMany(static server => server.ServerNames)
            .Where(static name => name.Value.StartsWith('~'))
            .Select(static name => name.Value[1..])
            .Concat(config.Servers.SelectMany(static server => server.Locations).Where(IsRegex).Select(static location => location.Pattern))
            .Concat(config.Servers.SelectMany(static server => server.Locations.Select(static location => location.Rewrite).Prepend(server.Rewrite))
                .SelectMany(static rewrite => rewrite.Rules ?? []).Select(static rule => rule.Pattern.Value))
            .Concat(config.Servers.SelectMany(static server => server.Locations.Select(static location => location.Settings).Prepend(server.Settings)).Prepend(config.Settings)
                .SelectMany(static settings => PatternsOf(settings.Rewriting))));

    /// <summary>The names in expressions.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> patterns) => patterns.SelectMany(Of);

    /// <summary>Whether a location is given by an expression.</summary>
    public static bool IsRegex(LocationConfig location) => location.Match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase;

    private static IEnumerable<string> PatternsOf(RewritingConfig config) =>
        ((IEnumerable<TextRuleConfig>)[.. config.ProxyRedirect ?? [], .. config.CookieDomain ?? [], .. config.CookiePath ?? []])
            .Where(static rule => rule.From.Value.StartsWith('~'))
            .Select(static rule => rule.From.Value[(rule.From.Value.StartsWith("~*", StringComparison.Ordinal) ? 2 : 1)..]);

    // An expression that is not valid is reported for that; its captures are no unknown variables besides.
    private static IEnumerable<string> Of(string pattern) =>
        BytePattern.TryCompile(pattern, ignoreCase: true, out var compiled, out _)
            ? (compiled!.CaptureNames ?? []).OfType<string>()
            : GroupName().Matches(pattern).Select(static match => match.Groups[1].Value);

    [GeneratedRegex(@"\(\?P?[<'](\w+)")]
    private static partial Regex GroupName();
}
