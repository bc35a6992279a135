namespace Balancer.Configuration.Schema;

/// <summary>The parts of the phrases of balancing methods.</summary>
internal static class BalancingLevels
{
    public static ConfigLevel<BalancingConfig> Hash { get; } = new("hash",
    [
        Key.OptionalRef<BalancingConfig, ConfigText>(
            "key", TemplateType.NotEmpty, static b => b.HashKey, static (b, v) => b with { HashKey = v }, null,
            "A text with variables; requests with the same one go to the same server. The first word.", "\"$remote_addr\""),
        Key.Always<BalancingConfig, bool>(
            "consistent", BooleanType.Instance, static b => b.HashConsistent, static (b, v) => b with { HashConsistent = v }, "false",
            "Ketama: few keys move when a server is added or removed.", "true"),
    ])
    {
        Complete = static (balancing, bound, context) =>
        {
            if (!bound.Saw("key"))
            {
                context.Fail(bound.Start, "'key' is missing");
            }

            return balancing;
        },
    };

    public static ConfigLevel<BalancingConfig> Random { get; } = new("random",
    [
        Key.Always<BalancingConfig, bool>(
            "two", BooleanType.Instance, static b => b.RandomTwo, static (b, v) => b with { RandomTwo = v }, "false",
            "Draws two servers and takes the better one.", "true"),
        Key.Optional<BalancingConfig, bool>(
            "least_conn", BooleanType.Instance, static b => b.RandomTwo && b.RandomTwoMethod == BalancingMethod.LeastConnections ? true : null,
            static (b, v) => b with { RandomTwoMethod = v ? BalancingMethod.LeastConnections : b.RandomTwoMethod }, "true",
            "With `two`: the better one has fewer connections.", "true"),
        Key.Optional<BalancingConfig, LeastTimeMeasure>(
            "least_time", new ChoiceType<LeastTimeMeasure>(("header", LeastTimeMeasure.Header), ("last_byte", LeastTimeMeasure.LastByte)),
            static b => b.RandomTwo && b.RandomTwoMethod == BalancingMethod.LeastTime ? b.LeastTime : null,
            static (b, v) => b with { RandomTwoMethod = BalancingMethod.LeastTime, LeastTime = v }, null,
            "With `two`: the better one answered faster, until the `header` or the `last_byte`.", "\"header\""),
    ])
    {
        Complete = static (balancing, bound, context) =>
        {
            if (!balancing.RandomTwo && (bound.Has("least_conn") || bound.Has("least_time")))
            {
                context.Fail(bound.Start, "a method needs 'two' before it: \"two least_conn\"");
            }
            else if (bound.Has("least_conn") && bound.Has("least_time"))
            {
                context.Fail(bound.PositionOf("least_time"), "found a second method, expected one of least_conn and least_time");
            }

            return balancing;
        },
    };

    public static ConfigLevel<BalancingConfig> LeastTime { get; } = new("least_time",
    [
        Key.Always<BalancingConfig, LeastTimeMeasure>(
            "measure", new ChoiceType<LeastTimeMeasure>(("header", LeastTimeMeasure.Header), ("last_byte", LeastTimeMeasure.LastByte)),
            static b => b.LeastTime == LeastTimeMeasure.LastByteInflight ? LeastTimeMeasure.LastByte : b.LeastTime,
            static (b, v) => b with { LeastTime = v == LeastTimeMeasure.LastByte && b.LeastTime == LeastTimeMeasure.LastByteInflight ? b.LeastTime : v }, null,
            "`header` or `last_byte`: until when a response is timed. The first word.", "\"header\"", required: true),
        Key.Always<BalancingConfig, bool>(
            "inflight", BooleanType.Instance, static b => b.LeastTime == LeastTimeMeasure.LastByteInflight,
            static (b, v) => v ? b with { LeastTime = LeastTimeMeasure.LastByteInflight } : b, "false",
            "With `last_byte`: requests still running count too.", "true"),
    ])
    {
        Complete = static (balancing, bound, context) =>
        {
            if (bound.Has("inflight") && balancing.LeastTime == LeastTimeMeasure.Header)
            {
                context.Fail(bound.PositionOf("inflight"), "'inflight' needs 'last_byte'");
            }

            return balancing;
        },
    };

    public static BalancingType LeastConnectionsType { get; } = new(new BalancingConfig { Method = BalancingMethod.LeastConnections }, null);

    public static BalancingType IpHashType { get; } = new(new BalancingConfig { Method = BalancingMethod.IpHash }, null);

    public static BalancingType HashType { get; } = new(null, new PhraseType<BalancingConfig>(
        Hash, static _ => new BalancingConfig { Method = BalancingMethod.Hash }, ["key"], "a phrase such as \"$remote_addr consistent\""));

    public static BalancingType RandomType { get; } = new(new BalancingConfig { Method = BalancingMethod.Random }, new PhraseType<BalancingConfig>(
        Random, static _ => new BalancingConfig { Method = BalancingMethod.Random }, [], "a phrase such as \"two least_conn\""));

    public static BalancingType LeastTimeType { get; } = new(null, new PhraseType<BalancingConfig>(
        LeastTime, static _ => new BalancingConfig { Method = BalancingMethod.LeastTime }, ["measure"], "\"header\", \"last_byte\" or \"last_byte inflight\""));
}
