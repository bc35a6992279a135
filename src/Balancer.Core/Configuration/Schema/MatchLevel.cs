namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[match.NAME]</c>.</summary>
internal static class MatchLevel
{
    public static ConfigLevel<MatchConfig> Level { get; } = new("[match.NAME]",
    [
        Key.OptionalRef<MatchConfig, StatusCondition>(
            "status", new StatusConditionType(), static m => m.Status, static (m, v) => m with { Status = v }, null,
            "Codes and ranges of codes, or with a `!` before them all but those.", "\"200 204-299\""),
        Key.Always<MatchConfig, IReadOnlyList<FieldCondition>>(
            "header", new ListType<FieldCondition>(new FieldConditionType()), static m => m.Fields, static (m, v) => m with { Fields = v }, null,
            "Conditions on fields of the response: `Name`, `! Name`, `Name = value`, `Name != value`, `Name ~ regex`, `Name !~ regex`.", "[\"Content-Type ~ ^application/json\", \"! X-Maintenance\"]"),
        Key.OptionalRef<MatchConfig, BodyCondition>(
            "body", new BodyConditionType(), static m => m.Body, static (m, v) => m with { Body = v }, null,
            "`~ regex` that must be found in the first 256 KiB of the body, or `!~ regex` that must not.", "\"~ \\\"status\\\": *\\\"up\\\"\""),
    ])
    {
        Refused = new Dictionary<string, string> { ["require"] = "is not supported: conditions are on status, header and body" },
    };
}
