using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

/// <summary>The loggers of one category, all writing to the error log.</summary>
internal sealed class ErrorLogger(ErrorLogProvider provider, string category) : ILogger
{
    private static readonly KeyValuePair<string, object?>[] NoValues = [];
    private static readonly ConcurrentDictionary<string, string> EventNames = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => provider.IsEnabled(logLevel, category);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // The names of events are constants of the code, so there are only so many.
        var eventName = EventNames.GetOrAdd(eventId.Name ?? category[(category.LastIndexOf('.') + 1)..], LogfmtWriter.ToKebabCase);
        if (!provider.Admits(logLevel, category, eventName))
        {
            return;
        }

        var values = state as IEnumerable<KeyValuePair<string, object?>> ?? NoValues;
        provider.Write(logLevel, category, eventName, values, EventMessage.Shorten(formatter(state, exception), values), exception);
    }
}
