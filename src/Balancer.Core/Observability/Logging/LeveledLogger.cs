using Balancer.Configuration;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

/// <summary>A logger whose events all have a level that the configuration says (<c>limit_req_log_level</c>), whatever level they are written with.</summary>
internal sealed class LeveledLogger : ILogger
{
    private readonly ILogger _inner;
    private readonly LogLevel _level;

    /// <param name="loggers">Makes the logger behind it.</param>
    /// <param name="category">Its category.</param>
    /// <param name="level">The level.</param>
    public LeveledLogger(ILoggerFactory loggers, string category, ErrorLogLevel level)
    {
        _inner = loggers.CreateLogger(level == ErrorLogLevel.Notice ? category + ErrorLogLevels.NoticeSuffix : category);
        _level = level switch
        {
            ErrorLogLevel.Debug => LogLevel.Debug,
            ErrorLogLevel.Info or ErrorLogLevel.Notice => LogLevel.Information,
            ErrorLogLevel.Warn => LogLevel.Warning,
            ErrorLogLevel.Error => LogLevel.Error,
            _ => LogLevel.Critical,
        };
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _inner.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => _inner.IsEnabled(_level);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _inner.Log(_level, eventId, state, exception, formatter);
}
