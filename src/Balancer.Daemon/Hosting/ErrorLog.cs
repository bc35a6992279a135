using Balancer.Configuration;
using Balancer.Observability.Logging;
using Balancer.Observability.Metrics;
using Balancer.Proxy;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Hosting;

/// <summary>The error log with the logger factory that feeds it.</summary>
internal sealed partial class ErrorLog : IMetricsSource, IAsyncDisposable
{
    private readonly ErrorLogProvider _provider;
    private readonly ILogger _log;

    private ErrorLog(ErrorLogProvider provider)
    {
        _provider = provider;
        Loggers = new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        _log = Loggers.CreateLogger<ErrorLog>();
    }

    /// <summary>Makes loggers that write to it.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>Opens the log that a configuration names.</summary>
    /// <exception cref="GatewayConfigException">The file cannot be opened.</exception>
    public static ErrorLog Open(GatewayConfig config)
    {
        try
        {
            return new ErrorLog(new ErrorLogProvider(config.ErrorLog, new LogDestinationOpener(), TimeProvider.System, JournalStream.IsStandardError()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(config, e);
        }
    }

    /// <summary>Looks whether <see cref="Open"/> would succeed; creates no file.</summary>
    /// <returns>Why not; null when it would.</returns>
    public static ConfigError? Check(GatewayConfig config)
    {
        try
        {
            if (config.ErrorLog.Path is { } path)
            {
                new LogDestinationProbe().Open(path).Dispose();
            }

            return null;
        }
        catch (IOException e)
        {
            return Describe(config, e);
        }
    }

    /// <summary>Goes over to what a new configuration says.</summary>
    /// <exception cref="GatewayConfigException">The file cannot be opened; nothing has changed.</exception>
    public async Task ApplyAsync(GatewayConfig config)
    {
        try
        {
            await _provider.ApplyAsync(config.ErrorLog);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(config, e);
        }
    }

    /// <summary>Opens the file anew, after logrotate moved it; when that fails the old one is kept.</summary>
    public async Task ReopenAsync()
    {
        try
        {
            await _provider.ReopenAsync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogReopenFailed(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector) => collector.Add(MetricFamilies.ErrorLogDroppedLines, _provider.DroppedLines);

    /// <summary>Writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Loggers.Dispose();
        await _provider.DisposeAsync();
    }

    private static GatewayConfigException Fault(GatewayConfig config, Exception e) => new([Describe(config, e)]);

    private static ConfigError Describe(GatewayConfig config, Exception e) =>
        new(config.ErrorLog.Source, $"error_log: cannot open {config.ErrorLog.Path}: {e.Message}");

    [LoggerMessage(EventId = 8020, EventName = "log-reopen-failed", Level = LogLevel.Error, Message = "cannot open the error log again: {Reason}; the old file is kept")]
    private partial void LogReopenFailed(string reason);
}
