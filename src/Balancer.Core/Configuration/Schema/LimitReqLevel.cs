namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>limit_req</c>.</summary>
internal static class LimitReqLevel
{
    private static readonly IntegerType Requests = new(0, 1_000_000);

    public static ConfigLevel<LimitReqConfig> Level { get; } = new("limit_req",
    [
        Key.Always<LimitReqConfig, string>(
            "zone", LimitZoneName.Type, static l => l.Zone, static (l, v) => l with { Zone = v }, null,
            "The name of a `limit_req_zone`.", "\"admin\"", required: true),
        Key.Always<LimitReqConfig, int>(
            "burst", Requests, static l => l.Burst, static (l, v) => l with { Burst = v }, "0",
            "How many requests may come before their time. Those beyond are refused.", "20"),
        Key.Always<LimitReqConfig, int>(
            "delay", Requests, static l => l.Delay, static (l, v) => l with { Delay = v }, "0",
            "How many of these are served at once; the others wait until their time.", "8"),
        Key.Always<LimitReqConfig, bool>(
            "nodelay", BooleanType.Instance, static l => l.NoDelay, static (l, v) => l with { NoDelay = v }, "false",
            "All of these are served at once.", "true"),
    ])
    {
        Complete = static (limit, bound, context) =>
        {
            if (limit.NoDelay && bound.Has("delay"))
            {
                context.Fail(bound.PositionOf("delay"), "'delay' cannot stand beside 'nodelay'");
            }

            return limit;
        },
    };

    public static PhraseType<LimitReqConfig> Type { get; } = new(Level, static source => new LimitReqConfig { Source = source, Zone = "" }, [], "a phrase such as \"zone=admin burst=20 nodelay\"");
}
