using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Balancer.TestSupport;

/// <summary>Keeps what is logged, as "EventName: message".</summary>
/// <param name="least">The least level that is logged at all.</param>
/// <param name="most">How many lines are kept; what comes after them is admitted and dropped, as in a storm of one event.</param>
internal sealed class LogCapture(LogLevel least = LogLevel.Trace, int most = int.MaxValue) : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The lines of an event.</summary>
    public IEnumerable<string> Named(string name) => _lines.Where(line => line.StartsWith($"{name}: "));

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= least && _lines.Count < most)
        {
            _lines.Enqueue($"{eventId.Name}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
        }
    }

    public void Dispose()
    {
    }
}
