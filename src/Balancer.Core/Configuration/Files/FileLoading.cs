using Balancer.Configuration.Schema;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Files;

/// <summary>Reads a file and the files it includes, each before the file that names it.</summary>
internal sealed class FileLoading(IConfigurationFiles files, BindState state)
{
    private readonly ITomlReader _reader = TomlReader.Instance;
    private readonly Dictionary<string, SourceLocation> _included = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private readonly List<string> _names = [];

    /// <summary>The files in the order they were opened in, as messages show them.</summary>
    public IReadOnlyList<string> Files => _names;

    /// <summary>Whether every file could be read and parsed whole.</summary>
    public bool ReadEverything { get; private set; } = true;

    /// <summary>Loads the main file.</summary>
    public TopLevel Load(string path)
    {
        var blank = new GatewayConfig
        {
            File = path,
            Settings = new SettingsConfig(),
            LogFormats = new Dictionary<string, ConfigText>(),
            Upstreams = [],
            Servers = [],
        };
        return Load(path, new SourceLocation(path, 0, 0), new TopLevel(blank));
    }

    private TopLevel Load(string path, SourceLocation includedAt, TopLevel top)
    {
        var identity = files.Identify(path);
        if (_open.Contains(identity))
        {
            return Fail(includedAt, $"include: '{path}' includes itself, by way of {string.Join(", ", _names.Where(name => _open.Contains(files.Identify(name))))}", top);
        }

        if (!_included.TryAdd(identity, includedAt))
        {
            return Fail(includedAt, $"include: '{path}' is already included at {_included[identity]}", top);
        }

        _names.Add(path);
        if (!TryRead(path, includedAt, out var content))
        {
            return top;
        }

        var document = _reader.Read(content);
        foreach (var error in document.Errors)
        {
            ReadEverything = false;
            state.Errors.Add(new ConfigError(new SourceLocation(path, error.Position.Line, error.Position.Column), error.Message + NginxHabit.Hint(error, content)));
        }

        var placeholders = new Placeholders(path, files, state);
        var root = placeholders.Fill(document.Root);
        ReadEverything &= !placeholders.HasErrors;
        var context = new BindContext(path, document.Errors.Count > 0 || placeholders.HasErrors, state);
        _open.Add(identity);
        top = LoadIncludes(root, context, top);
        _open.RemoveAt(_open.Count - 1);
        TopLevel.Level.TryBind(top, root, context, out top);
        return top;
    }

    private TopLevel LoadIncludes(TomlTable root, BindContext context, TopLevel top)
    {
        if (!root.TryGet(TopLevel.IncludeKey, out var entry))
        {
            return top;
        }

        context.Subject = TopLevel.IncludeKey;
        var well = TopLevel.IncludeType.TryRead(entry.Value, context, out var patterns);
        context.Subject = "";
        ReadEverything &= well;
        foreach (var pattern in patterns)
        {
            var path = Path.Combine(Path.GetDirectoryName(context.File) ?? "", pattern.Value);
            foreach (var file in GlobPattern.HasWildcard(pattern.Value) ? GlobPattern.Expand(path, files) : [path])
            {
                top = Load(file, pattern.Location, top);
            }
        }

        return top;
    }

    private bool TryRead(string path, SourceLocation includedAt, out byte[] content)
    {
        content = [];
        try
        {
            content = files.Read(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ReadEverything = false;
            var reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException => "cannot be read: permission denied",
                _ => $"cannot be read: {e.Message}",
            };
            state.Errors.Add(new ConfigError(includedAt, includedAt.Line == 0 ? $"the file {reason}" : $"include: '{path}' {reason}"));
            return false;
        }
    }

    private TopLevel Fail(SourceLocation location, string message, TopLevel top)
    {
        ReadEverything = false;
        state.Errors.Add(new ConfigError(location, message));
        return top;
    }
}
