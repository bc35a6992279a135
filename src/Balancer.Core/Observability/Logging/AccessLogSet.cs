using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Variables;

namespace Balancer.Observability.Logging;

/// <summary>
/// The access logs of one snapshot of the configuration. Files are shared with the snapshots before and after it, and closed when the
/// last snapshot that names them is disposed of. Built by one thread.
/// </summary>
internal sealed class AccessLogSet : IAsyncDisposable
{
    private static readonly TimeSpan DefaultFlush = TimeSpan.FromSeconds(1);

    private readonly AccessLogRegistry _registry;
    private readonly Dictionary<string, LogFormat> _formats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (LogFile? File, LogBuffering Buffering, SourceLocation Source)> _files = new(StringComparer.Ordinal);

    internal AccessLogSet(AccessLogRegistry registry, IReadOnlyDictionary<string, ConfigText> formats, VariableScope scope, ICollection<ConfigError> errors)
    {
        _registry = registry;
        _formats["combined"] = LogFormat.Combined(scope);
        _formats["json"] = LogFormat.Json(scope);
        foreach (var (name, text) in formats)
        {
            if (LogFormat.BuiltIn.Contains(name))
            {
                errors.Add(new ConfigError(text.Location, $"the format '{name}' is built in, expected another name"));
            }
            else
            {
                _formats[name] = LogFormat.Compile(text, scope, errors);
            }
        }
    }

    /// <summary>Makes an access log and opens its file, unless it is open already.</summary>
    /// <returns>Null after adding an error: unknown format, bad condition, a file that cannot be opened, or another buffer for the same file.</returns>
    public AccessLog? Open(AccessLogConfig config, VariableScope scope, ICollection<ConfigError> errors)
    {
        var before = errors.Count;
        if (!_formats.TryGetValue(config.Format, out var format))
        {
            errors.Add(new ConfigError(config.Source, $"there is no log_format '{config.Format}'{NearestName.Hint(config.Format, _formats.Keys)}"));
        }

        var condition = config.If is null ? null : TextTemplate.Compile(config.If, scope, errors);
        var file = OpenFile(config, errors);
        return format is null || file is null || errors.Count > before ? null : new AccessLog(file, format, condition);
    }

    /// <summary>Makes the buffering of this snapshot count, once it has become the one that is used.</summary>
    public void Activate()
    {
        foreach (var (file, buffering, _) in _files.Values)
        {
            file?.SetBuffering(buffering);
        }
    }

    /// <summary>Gives the files up; those no other snapshot uses are written out and closed.</summary>
    public async ValueTask DisposeAsync()
    {
        var paths = _files.Where(file => file.Value.File is not null).Select(file => file.Key).ToList();
        _files.Clear();
        await Task.WhenAll(paths.Select(path => _registry.ReleaseAsync(path).AsTask()));
    }

    private LogFile? OpenFile(AccessLogConfig config, ICollection<ConfigError> errors)
    {
        var flush = config.BufferSize == 0 || config.Flush > TimeSpan.Zero ? config.Flush : DefaultFlush;
        var buffering = new LogBuffering(config.BufferSize, flush);
        if (!_files.TryGetValue(config.Path, out var known))
        {
            known = (null, buffering, config.Source);
            try
            {
                known.File = _registry.Acquire(config.Path, buffering);
            }
            catch (IOException e)
            {
                errors.Add(new ConfigError(config.Source, $"cannot open the log {config.Path}: {e.Message}"));
            }

            _files[config.Path] = known;
        }
        else if (known.Buffering != buffering)
        {
            errors.Add(new ConfigError(config.Source, $"'buffer' or 'flush' of {config.Path} differs from the one at {known.Source}; a file is written in one way"));
        }

        return known.File;
    }
}
