using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of a <c>rewrite</c> line.</summary>
internal static class RewriteRuleLevel
{
    public static ConfigLevel<RewriteRuleConfig> Level { get; } = new("rewrite",
    [
        Key.Always<RewriteRuleConfig, ConfigText>(
            "regex", PathPatternType.Instance, static r => r.Pattern, static (r, v) => r with { Pattern = v }, null,
            "The regular expression that the path (`$uri`) must fit. The first word.", "'^/old/(.*)$'", required: true),
        Key.Always<RewriteRuleConfig, ConfigText>(
            "replacement", TemplateType.NotEmpty, static r => r.Replacement, static (r, v) => r with { Replacement = v }, null,
            "The new path, with captures (`$1`) and variables. What stands behind a `?` becomes the query, the old one follows it unless a `?` ends the text. One that begins with `http://`, `https://` or `$scheme` redirects the client. The second word.", "\"/new/$1\"", required: true),
        Key.Optional<RewriteRuleConfig, RewriteFlag>(
            "flag", new ChoiceType<RewriteFlag>(("last", RewriteFlag.Last), ("break", RewriteFlag.Break), ("redirect", RewriteFlag.Redirect), ("permanent", RewriteFlag.Permanent)), static r => r.Flag, static (r, v) => r with { Flag = v }, null,
            "`last` leaves out the other rules and looks for the location again, `break` leaves them out and stays in the location, `redirect` redirects the client by 302, `permanent` by 301. The third word.", "\"last\""),
    ])
    {
        Complete = Check,
    };

    public static PhraseType<RewriteRuleConfig> Type { get; } = new(
        Level, static source => new RewriteRuleConfig(new ConfigText("", source), new ConfigText("", source), null), ["regex", "replacement", "flag"], "a line such as \"^/old/(.*)$ /new/$1 last\"");

    private static RewriteRuleConfig Check(RewriteRuleConfig rule, BoundKeys bound, BindContext context)
    {
        if (!bound.Has("replacement"))
        {
            return rule;
        }

        var text = rule.Replacement.Value;
        var position = bound.PositionOf("replacement");
        if (FieldSyntax.IndexOfForbidden(text) >= 0)
        {
            context.Fail(position, "a replacement cannot hold control characters");
        }
        else if (text[0] is not ('/' or '$') && !RewriteRuleConfig.IsUrl(text))
        {
            context.Fail(position, $"found {BindContext.Show(text)}, expected a path that starts with '/', a variable, or a URL");
        }
        else if (RewriteRuleConfig.IsUrl(text) && rule.Flag is RewriteFlag.Last or RewriteFlag.Break)
        {
            context.Fail(bound.PositionOf("flag"), "a URL redirects the client, expected 'redirect', 'permanent' or nothing behind it");
        }
        else if (text.AsSpan(0, text.Length - 1).Count('?') > 1)
        {
            context.Fail(position, "found a second '?', expected one between path and query, and perhaps one at the end that drops the old query");
        }

        return rule;
    }
}
