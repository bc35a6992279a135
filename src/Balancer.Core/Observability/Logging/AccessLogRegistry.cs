using Balancer.Configuration;
using Balancer.Http.Variables;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

/// <summary>All access log files that are open, shared by path over virtual servers, locations and snapshots of the configuration. Any thread.</summary>
internal sealed partial class AccessLogRegistry(ILogDestinationOpener opener, TimeProvider time, ILogger<AccessLogRegistry> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (LogFile File, int Users)> _files = new(StringComparer.Ordinal);
    private readonly ILogger _logger = logger;

    /// <summary>Starts the access logs of a snapshot and compiles its formats.</summary>
    /// <param name="formats"><c>[log_format]</c>.</param>
    /// <param name="scope">The captures any location of the snapshot may have.</param>
    /// <param name="errors">Takes the faults of formats.</param>
    public AccessLogSet CreateSet(IReadOnlyDictionary<string, ConfigText> formats, VariableScope scope, ICollection<ConfigError> errors) =>
        new(this, formats, scope, errors);

    /// <summary>The files that are open now, for metrics.</summary>
    public IReadOnlyList<LogFile> Files
    {
        get
        {
            lock (_lock)
            {
                return [.. _files.Values.Select(entry => entry.File)];
            }
        }
    }

    /// <summary>
    /// Opens every file anew, after <c>logrotate</c> moved it: lines of requests that ended before the call go to the old file. The task
    /// ends when the old files are complete and closed. A file that cannot be opened is logged and the old one kept.
    /// </summary>
    public Task ReopenAsync() => Task.WhenAll(Files.Where(file => file.Path is not ("stdout" or "stderr")).Select(ReopenAsync));

    /// <summary>Opens a file, or counts one more user of one that is open.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    internal LogFile Acquire(string path, LogBuffering buffering)
    {
        lock (_lock)
        {
            var file = _files.TryGetValue(path, out var entry) ? entry.File : new LogFile(path, opener.Open(path), buffering, time, _logger);
            _files[path] = (file, entry.Users + 1);
            return file;
        }
    }

    /// <summary>Counts one user less, and closes the file with the last one.</summary>
    internal ValueTask ReleaseAsync(string path)
    {
        lock (_lock)
        {
            var (file, users) = _files[path];
            if (users > 1)
            {
                _files[path] = (file, users - 1);
                return ValueTask.CompletedTask;
            }

            _files.Remove(path);
            return file.DisposeAsync();
        }
    }

    private async Task ReopenAsync(LogFile file)
    {
        ILogDestination next;
        try
        {
            next = opener.Open(file.Path);
        }
        catch (IOException e)
        {
            LogReopenFailed(file.Path, e.Message);
            return;
        }

        await file.ReopenAsync(next);
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "log-reopen-failed", Message = "cannot open {path} again: {reason}; the old file is kept")]
    private partial void LogReopenFailed(string path, string reason);
}
