using Balancer.Configuration;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

/// <summary>Translates between the levels of <see cref="ILogger"/>, nginx and syslog.</summary>
internal static class ErrorLogLevels
{
    /// <summary>Ends the category of a logger whose <see cref="LogLevel.Information"/> is a notice.</summary>
    public const string NoticeSuffix = ".Notices";

    /// <summary>nginx's level of an event. What the daemon itself reports at <see cref="LogLevel.Information"/> is a notice: start, reload, stop.</summary>
    public static ErrorLogLevel Of(LogLevel level, string category) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => ErrorLogLevel.Debug,
        LogLevel.Information => category.StartsWith("Balancer.Daemon", StringComparison.Ordinal) || category.EndsWith(NoticeSuffix, StringComparison.Ordinal) ? ErrorLogLevel.Notice : ErrorLogLevel.Info,
        LogLevel.Warning => ErrorLogLevel.Warn,
        LogLevel.Error => ErrorLogLevel.Error,
        _ => ErrorLogLevel.Crit,
    };

    /// <summary>The level's name in the configuration and in the log.</summary>
    public static ReadOnlySpan<byte> Name(ErrorLogLevel level) => level switch
    {
        ErrorLogLevel.Debug => "debug"u8,
        ErrorLogLevel.Info => "info"u8,
        ErrorLogLevel.Notice => "notice"u8,
        ErrorLogLevel.Warn => "warn"u8,
        ErrorLogLevel.Error => "error"u8,
        _ => "crit"u8,
    };

    /// <summary>The prefix that tells the journal the priority (sd-daemon(3)).</summary>
    public static ReadOnlySpan<byte> JournalPrefix(ErrorLogLevel level) => level switch
    {
        ErrorLogLevel.Debug => "<7>"u8,
        ErrorLogLevel.Info => "<6>"u8,
        ErrorLogLevel.Notice => "<5>"u8,
        ErrorLogLevel.Warn => "<4>"u8,
        ErrorLogLevel.Error => "<3>"u8,
        _ => "<2>"u8,
    };
}
