namespace Balancer.Configuration.Toml;

/// <summary>An array, or an array of tables.</summary>
internal sealed class TomlArray(TomlPosition position, bool ofTables) : TomlValue(position)
{
    private readonly List<TomlValue> _items = [];

    /// <summary>The items in the order written.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Whether it was made by <c>[[name]]</c> headers, which alone may add to it.</summary>
    public bool OfTables { get; } = ofTables;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Array;

    internal void Add(TomlValue item) => _items.Add(item);
}
