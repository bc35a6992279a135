namespace Balancer.Configuration.Schema;

/// <summary>The parts of an <c>access_log</c> line.</summary>
internal static class AccessLogLevel
{
    private static readonly TimeSpan DefaultFlush = TimeSpan.FromSeconds(1);

    public static ConfigLevel<AccessLogConfig> Level { get; } = new("access_log",
    [
        Key.Always<AccessLogConfig, string>(
            "path", LogPathType.Instance, static l => l.Path, static (l, v) => l with { Path = v }, null,
            "The file, or `stdout` or `stderr`. The first word of the line.", "\"/var/log/balancer/access.log\"", required: true),
        Key.Always<AccessLogConfig, string>(
            "format", TextType.Line, static l => l.Format, static (l, v) => l with { Format = v }, "\"combined\"",
            "The name of a `log_format`, or `combined` or `json`. The second word of the line.", "\"main\""),
        Key.Always<AccessLogConfig, long>(
            "buffer", new SizeType(0, 1 << 24), static l => l.BufferSize, static (l, v) => l with { BufferSize = (int)v }, "0",
            "Bytes gathered before a write. 0 writes as soon as the writer is free.", "\"64k\""),
        Key.Optional<AccessLogConfig, TimeSpan>(
            "flush", TimeType.Timeout, static l => l.BufferSize == 0 ? null : l.Flush, static (l, v) => l with { Flush = v }, "\"1s\"",
            "How long a line may wait in the buffer; needs `buffer`.", "\"5s\""),
        Key.OptionalRef<AccessLogConfig, ConfigText>(
            "if", TemplateType.NotEmpty, static l => l.If, static (l, v) => l with { If = v }, null,
            "A text with variables; a request for which it is empty or `0` is not logged.", "\"$loggable\""),
    ])
    {
        Refused = new Dictionary<string, string> { ["gzip"] = RefusedDirectives.NotYet },
        Complete = static (log, bound, context) =>
        {
            if (bound.Has("flush") && log.BufferSize == 0)
            {
                context.Fail(bound.PositionOf("flush"), "'flush' needs 'buffer' beside it");
            }

            return bound.Has("flush") ? log : log with { Flush = log.BufferSize > 0 ? DefaultFlush : TimeSpan.Zero };
        },
    };

    public static PhraseType<AccessLogConfig> Type { get; } = new(
        Level, static source => new AccessLogConfig { Source = source, Path = "" }, ["path", "format"], "a line such as \"/var/log/balancer/access.log main\"");
}
