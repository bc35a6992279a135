using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.CommandLine;

/// <summary>Prints the warnings of a check, such as a certificate that has expired: nothing that keeps a start from succeeding.</summary>
/// <param name="error">Where to.</param>
internal sealed class WarningPrinter(TextWriter error) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            error.WriteLine($"balancerd: warning: {formatter(state, exception)}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
