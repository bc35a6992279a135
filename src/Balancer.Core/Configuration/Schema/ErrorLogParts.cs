namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>error_log</c>.</summary>
internal static class ErrorLogParts
{
    private const string StandardError = "stderr";

    public static ConfigLevel<ErrorLogConfig> Level { get; } = new("error_log",
    [
        Key.Always<ErrorLogConfig, string>(
            "path", LogPathType.Instance, static l => l.Path ?? StandardError, static (l, v) => l with { Path = v == StandardError ? null : v }, null,
            "The file, or `stderr`, which goes to the journal. The first word.", "\"/var/log/balancer/error.log\"", required: true),
        Key.Always<ErrorLogConfig, ErrorLogLevel>(
            "level",
            new ChoiceType<ErrorLogLevel>(
                ("debug", ErrorLogLevel.Debug), ("info", ErrorLogLevel.Info), ("notice", ErrorLogLevel.Notice), ("warn", ErrorLogLevel.Warn), ("error", ErrorLogLevel.Error),
                ("crit", ErrorLogLevel.Crit), ("alert", ErrorLogLevel.Crit), ("emerg", ErrorLogLevel.Crit)),
            static l => l.Level, static (l, v) => l with { Level = v }, "\"info\"",
            "The least level written: debug, info, notice, warn, error, crit; alert and emerg are the same as crit. The second word.", "\"warn\""),
    ])
    {
        Complete = static (log, bound, context) =>
        {
            if (log.Path == "stdout")
            {
                context.Fail(bound.PositionOf("path"), "found 'stdout', expected an absolute path or stderr");
            }

            return log;
        },
    };

    public static PhraseType<ErrorLogConfig> Type { get; } = new(Level, static source => new ErrorLogConfig { Source = source }, ["path", "level"], "a phrase such as \"stderr info\" or \"/var/log/balancer/error.log warn\"");
}
