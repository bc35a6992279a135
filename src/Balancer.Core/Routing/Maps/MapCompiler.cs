using System.Text;
using Balancer.Configuration;
using Balancer.Http.Patterns;
using Balancer.Http.Variables;

namespace Balancer.Routing.Maps;

/// <summary>Compiles a <c>[map.NAME]</c>.</summary>
internal sealed class MapCompiler(MapConfig config, VariableScope scope, ICollection<ConfigError> errors)
{
    private readonly Dictionary<byte[], TextTemplate> _texts = new(ByteStringComparer.Instance);
    private readonly VirtualServerTableBuilder<TextTemplate?> _hosts = new();
    private readonly List<(BytePattern, TextTemplate)> _patterns = [];
    private readonly List<TextTemplate> _templates = [];

    /// <summary>Compiles it; with faults, which are added to the errors, the result must not be used.</summary>
    /// <param name="uses">The variables its texts refer to.</param>
    public MapTable Compile(out IEnumerable<string> uses)
    {
        _hosts.AddServer(null, isDefault: true);
        var source = Template(config.Source);
        var fallback = config.Default is { } text ? Template(text) : null;
        foreach (var (key, value) in config.Values)
        {
            Add(key, Template(value));
        }

        uses = _templates.SelectMany(static template => template.VariableNames);
        return new MapTable(source, fallback, _texts, config.Hostnames ? _hosts.Build() : null, [.. _patterns]);
    }

    private TextTemplate Template(ConfigText text)
    {
        var template = TextTemplate.Compile(text, scope, errors);
        _templates.Add(template);
        return template;
    }

    private void Add(ConfigText key, TextTemplate value)
    {
        if (key.Value.StartsWith('~'))
        {
            AddPattern(key, value);
            return;
        }

        // As in nginx a backslash in front takes the meaning from what follows.
        var text = (key.Value.StartsWith('\\') ? key.Value[1..] : key.Value).ToLowerInvariant();
        if (!config.Hostnames)
        {
            if (!_texts.TryAdd(Encoding.UTF8.GetBytes(text), value))
            {
                Fail(key, $"'{key.Value}' is given twice, for case does not matter");
            }
        }
        else if (_hosts.AddName(text.StartsWith('~') ? "*" : text, value) is { } fault)
        {
            Fail(key, fault.EndsWith("is already taken at this address", StringComparison.Ordinal) ? $"the host name '{text}' is given twice" : $"found '{key.Value}', expected a host name such as 'www.example.com', '*.example.com' or 'www.example.*'");
        }
    }

    private void AddPattern(ConfigText key, TextTemplate value)
    {
        var ignoreCase = key.Value.StartsWith("~*", StringComparison.Ordinal);
        if (!BytePattern.TryCompile(key.Value[(ignoreCase ? 2 : 1)..], ignoreCase, out var pattern, out var error))
        {
            Fail(key, error!);
        }
        else if (pattern!.Backtracks)
        {
            Fail(key, "the regular expression needs backtracking, which could take long for every text it is in: a map takes none with lookaround, back-reference or atomic group");
        }
        else
        {
            _patterns.Add((pattern, value));
        }
    }

    private void Fail(ConfigText key, string message) => errors.Add(new ConfigError(key.Location, $"map {config.Name}: {message}"));
}
