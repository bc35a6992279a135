using System.Diagnostics.CodeAnalysis;

namespace Balancer.Configuration.Toml;

/// <summary>A table, its entries in the order of the file.</summary>
internal sealed class TomlTable(TomlPosition position, TomlTableOrigin origin) : TomlValue(position)
{
    private const int IndexFrom = 8;

    private readonly List<TomlEntry> _entries = [];
    private Dictionary<string, int>? _index;

    /// <summary>The entries in the order of the file; no name twice.</summary>
    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>How the table came to be. An implicit one changes once when its header follows.</summary>
    public TomlTableOrigin Origin { get; internal set; } = origin;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Table;

    /// <summary>Finds an entry by its exact name.</summary>
    public bool TryGet(string name, out TomlEntry entry)
    {
        if (_index is not null)
        {
            if (_index.TryGetValue(name, out var at))
            {
                entry = _entries[at];
                return true;
            }
        }
        else
        {
            foreach (var candidate in _entries)
            {
                if (candidate.Key.Name == name)
                {
                    entry = candidate;
                    return true;
                }
            }
        }

        entry = default;
        return false;
    }

    /// <summary>Finds a value by its exact name.</summary>
    public bool TryGetValue(string name, [NotNullWhen(true)] out TomlValue? value)
    {
        var found = TryGet(name, out var entry);
        value = found ? entry.Value : null;
        return found;
    }

    internal void Add(TomlKey key, TomlValue value)
    {
        _entries.Add(new TomlEntry(key, value));
        if (_index is not null)
        {
            _index.Add(key.Name, _entries.Count - 1);
        }
        else if (_entries.Count > IndexFrom)
        {
            _index = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < _entries.Count; i++)
            {
                _index.Add(_entries[i].Key.Name, i);
            }
        }
    }
}
