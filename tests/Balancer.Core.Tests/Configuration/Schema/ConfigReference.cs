using System.Text;

namespace Balancer.Configuration.Schema;

/// <summary>The reference of docs/configuration.md, made from the tables the binder reads by.</summary>
internal static class ConfigReference
{
    private static readonly (SchemaLevel Level, string Key)[] Owners =
    [
        (UpstreamServerLevel.Level, "`server` of a pool"), (BalancingLevels.Hash, "`hash`"), (BalancingLevels.Random, "`random`"), (BalancingLevels.LeastTime, "`least_time`"),
        (QueueLevel.Level, "`queue`"), (StickyLevel.Level, "`sticky`"), (ZonePhrase.Level, "`zone`"), (ListenLevel.Level, "`listen`"), (ReturnLevel.Level, "`return`"), (LocationPathType.Level, "`path` as a table"),
        (AccessLogLevel.Level, "`access_log`"), (ErrorLogParts.Level, "`error_log`"), (ClientHeadSettings.HeaderBuffers, "`large_client_header_buffers`"),
        (ErrorPageType.Level, "`error_page`"), (CorsType.Level, "`cors`"), (RewriteRuleLevel.Level, "`rewrite`"), (HealthCheckLevel.Level, "`health_check`"),
        (LimitZoneLevels.RequestPhrase, "`limit_req_zone` as a phrase"), (LimitZoneLevels.ConnectionPhrase, "`limit_conn_zone` as a phrase"), (LimitReqLevel.Level, "`limit_req`"), (LimitConnLevel.Level, "`limit_conn`"),
    ];

    public static string Render()
    {
        var text = new StringBuilder();
        var settings = SettingsKeys.All.Select(k => k.Name).ToHashSet();
        foreach (var level in ConfigSchema.Sections)
        {
            text.Append($"\n## Keys of {(level.Title.StartsWith('[') ? $"`{level.Title}`" : level.Title)}\n");
            var keys = level.Keys.Where(k => level == UpstreamLevel.Level || !settings.Contains(k.Name));
            foreach (var key in keys)
            {
                AddKey(text, key);
            }

            if (level != UpstreamLevel.Level && level.Keys.Where(k => settings.Contains(k.Name)).Select(k => $"`{k.Name}`").ToArray() is { Length: > 0 } shared)
            {
                text.Append($"\nAnd {(shared.Length == settings.Count ? "the" : $"{string.Join(", ", shared)} of the")} [settings](#settings).\n");
            }
        }

        text.Append("\n## Settings\n\nThese may stand at the top level, in a server and in a location.\n");
        foreach (var key in SettingsKeys.All)
        {
            AddKey(text, key);
        }

        text.Append("\n## Parts of phrases\n");
        foreach (var (level, title) in Owners)
        {
            AddParts(text, level, title);
        }

        return text.Append('\n').ToString();
    }

    private static void AddKey(StringBuilder text, SchemaKey key)
    {
        text.Append($"\n### `{key.Name}`\n\n{key.TypeName}");
        text.Append(key.Required ? " · required" : key.Default is null ? "" : $" · default `{key.Default}`");
        text.Append($"{LevelsOf(key)}{(key.Origin.Length == 0 ? "" : $" · {key.Origin}")}\n\n{key.Summary}\n");
        if (key.Example.Length > 0)
        {
            text.Append($"\n```toml\n{(key.Name == "log_format" ? "[log_format]\n" : $"{key.Name} = ")}{key.Example}\n```\n");
        }
    }

    private static string LevelsOf(SchemaKey key)
    {
        var levels = ConfigSchema.Sections.Where(l => l.Keys.Any(k => k.Name == key.Name && k.Summary == key.Summary)).Select(l => l.Title.StartsWith('[') ? $"`{l.Title}`" : "top level");
        return $" · {string.Join(", ", levels)}";
    }

    private static void AddParts(StringBuilder text, SchemaLevel level, string title)
    {
        text.Append($"\n### Parts of {title}\n\n| Part | Value | Default | Example | |\n|---|---|---|---|---|\n");
        foreach (var key in level.Keys)
        {
            var absent = key.Required ? "required" : key.Default is null ? "" : $"`{key.Default}`";
            text.Append($"| `{key.Name}` | {key.TypeName} | {absent} | `{key.Example}` | {key.Summary} |\n");
        }
    }
}
