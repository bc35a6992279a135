using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary>The keys that one table or phrase had, and where.</summary>
internal sealed class BoundKeys(TomlPosition start)
{
    private readonly List<(string Name, TomlPosition Position)> _keys = [];
    private readonly List<string> _seen = [];

    /// <summary>Where the table or phrase starts.</summary>
    public TomlPosition Start { get; } = start;

    /// <summary>The names in the order written.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Select(static k => k.Name)];

    /// <summary>Whether a key was there, well, and changed the record (a switch that is off need not).</summary>
    public bool Has(string name)
    {
        foreach (var key in _keys)
        {
            if (key.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a key was there, well or not.</summary>
    public bool Saw(string name) => _seen.Contains(name);

    /// <summary>Where a key stands; the start when it is absent.</summary>
    public TomlPosition PositionOf(string name)
    {
        foreach (var key in _keys)
        {
            if (key.Name == name)
            {
                return key.Position;
            }
        }

        return Start;
    }

    internal void See(string name) => _seen.Add(name);

    internal void Add(string name, TomlPosition position) => _keys.Add((name, position));
}
