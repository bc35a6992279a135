namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>queue</c>.</summary>
internal static class QueueLevel
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static ConfigLevel<QueueConfig> Level { get; } = new("queue",
    [
        Key.Always<QueueConfig, int>(
            "length", new IntegerType(1, 1 << 20), static q => q.Length, static (q, v) => q with { Length = v }, null,
            "How many requests may wait. The first word; alone it may be a number.", "100", required: true),
        Key.Always<QueueConfig, TimeSpan>(
            "timeout", TimeType.Timeout, static q => q.Timeout, static (q, v) => q with { Timeout = v }, "\"1m\"",
            "How long one may wait; 502 after it.", "\"10s\""),
    ]);

    public static PhraseType<QueueConfig> Type { get; } = new(Level, static _ => new QueueConfig(0, DefaultTimeout), ["length"], "a phrase such as \"100 timeout=10s\", or a number") { AllowsInteger = true };
}
