using System.Collections.Concurrent;
using System.Globalization;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Observability.Logging;

/// <summary>
/// The error log: one line an event, <c>2026-11-21T03:27:27.123Z level=warn event=upstream-ejected upstream=api msg="…"</c>, to a file or
/// to standard error, there with a priority when the journal reads it. Callers never wait for the disk; a storm of one event is cut
/// down to its number (<see cref="EventLimiter"/>).
/// </summary>
internal sealed class ErrorLogProvider : ILoggerProvider, IAsyncDisposable
{
    private const string StandardError = "stderr";
    private static readonly TimeSpan SuppressedReport = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    private static ByteBuffer? t_line;

    private readonly ILogDestinationOpener _opener;
    private readonly TimeProvider _time;
    private readonly bool _isJournal;
    private readonly LogFile _file;
    private readonly EventLimiter _limiter;
    private readonly ITimer _suppressedTimer;
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private volatile string _path;
    private volatile ErrorLogLevel _level;
    private int _reportsSuppressed;

    /// <summary>Opens the log.</summary>
    /// <param name="config">Where to, and the least level.</param>
    /// <param name="opener">Opens the file.</param>
    /// <param name="time">Dates the lines.</param>
    /// <param name="standardErrorIsJournal">Whether standard error goes to the journal (<see cref="JournalStream"/>).</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public ErrorLogProvider(ErrorLogConfig config, ILogDestinationOpener opener, TimeProvider time, bool standardErrorIsJournal)
    {
        _opener = opener;
        _time = time;
        _isJournal = standardErrorIsJournal;
        _limiter = new EventLimiter(time);
        _path = config.Path ?? StandardError;
        _level = config.Level;
        _file = new LogFile(_path, opener.Open(_path), new LogBuffering(0, TimeSpan.Zero), time, NullLogger.Instance);
        _suppressedTimer = time.CreateTimer(static state => ((ErrorLogProvider)state!).ReportSuppressed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lines lost because the disk stalled or was full.</summary>
    public long DroppedLines => _file.DroppedLines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static (category, provider) => new ErrorLogger(provider, category), this);

    /// <summary>Goes over to what a reloaded configuration says.</summary>
    /// <exception cref="IOException">The file cannot be opened; nothing has changed.</exception>
    public async Task ApplyAsync(ErrorLogConfig config)
    {
        var path = config.Path ?? StandardError;
        if (path != _path)
        {
            var next = _opener.Open(path);
            var done = _file.ReopenAsync(next);
            _path = path;
            await done;
        }

        _level = config.Level;
    }

    /// <summary>Opens the file anew after <c>logrotate</c> moved it.</summary>
    /// <exception cref="IOException">The file cannot be opened; the old one is kept.</exception>
    public Task ReopenAsync() => _path == StandardError ? Task.CompletedTask : _file.ReopenAsync(_opener.Open(_path));

    /// <summary>Writes what is left; <see cref="DisposeAsync"/> waits for it.</summary>
    public void Dispose()
    {
        _suppressedTimer.Dispose();
        ReportSuppressed();
        _ = _file.DisposeAsync().AsTask();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _suppressedTimer.DisposeAsync();
        ReportSuppressed();
        await _file.DisposeAsync();
    }

    /// <summary>Whether events of this level and category are written. Those of the frameworks count from warnings on, or all when debugging.</summary>
    internal bool IsEnabled(LogLevel level, string category)
    {
        var least = _level;
        return level != LogLevel.None
            && ErrorLogLevels.Of(level, category) >= least
            && (level >= LogLevel.Warning || least == ErrorLogLevel.Debug || !IsFramework(category));
    }

    /// <summary>Whether an event may be written, or is one of too many and only counted. Asked before its text is made, so that a storm costs little.</summary>
    internal bool Admits(LogLevel logLevel, string category, string eventName)
    {
        if (ErrorLogLevels.Of(logLevel, category) == ErrorLogLevel.Debug || _limiter.TryTake(eventName))
        {
            return true;
        }

        if (Volatile.Read(ref _reportsSuppressed) == 0 && Interlocked.Exchange(ref _reportsSuppressed, 1) == 0)
        {
            _suppressedTimer.Change(SuppressedReport, Timeout.InfiniteTimeSpan);
        }

        return false;
    }

    /// <summary>Writes an event.</summary>
    internal void Write(LogLevel logLevel, string category, string eventName, IEnumerable<KeyValuePair<string, object?>> values, string message, Exception? exception) =>
        WriteLine(ErrorLogLevels.Of(logLevel, category), eventName, values, message, exception);

    private static bool IsFramework(string category) =>
        category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("System.", StringComparison.Ordinal);

    /// <summary>Errors of the network and of time are expected; a stack trace of them would only let clients fill the disk.</summary>
    private static bool IsExpected(Exception exception) =>
        exception is IOException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException;

    private void WriteLine(ErrorLogLevel level, string eventName, IEnumerable<KeyValuePair<string, object?>> values, string message, Exception? exception)
    {
        var line = t_line ??= new ByteBuffer(1024);
        line.Clear();
        if (_isJournal && _path == StandardError)
        {
            line.Append(ErrorLogLevels.JournalPrefix(level));
        }

        _time.GetUtcNow().TryFormat(line.GetSpan(24), out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        line.Advance(written);
        line.Append(" level="u8);
        line.Append(ErrorLogLevels.Name(level));
        LogfmtWriter.Append("event", eventName, line);
        foreach (var (key, value) in values)
        {
            if (key != "{OriginalFormat}")
            {
                LogfmtWriter.Append(key, value, line);
            }
        }

        LogfmtWriter.Append("msg", message, line);
        if (exception is not null)
        {
            LogfmtWriter.Append("exception", exception.GetType().Name, line);
            LogfmtWriter.Append("error", exception.Message, line);
            if (!IsExpected(exception))
            {
                LogfmtWriter.Append("stack", exception.ToString(), line);
            }
        }

        line.Append((byte)'\n');
        _file.Append(line.Written);
    }

    private void ReportSuppressed()
    {
        Volatile.Write(ref _reportsSuppressed, 0);
        foreach (var (name, count) in _limiter.TakeSuppressed())
        {
            KeyValuePair<string, object?>[] values = [new("of", name), new("count", count)];
            WriteLine(ErrorLogLevel.Warn, "events-suppressed", values, $"{count} more events '{name}' were not logged", null);
        }
    }
}
