namespace Balancer.Configuration.Toml;

/// <summary>A value of the tree, with the place it starts at.</summary>
internal abstract class TomlValue(TomlPosition position)
{
    /// <summary>Where the value starts; for a table with a header, the header's bracket.</summary>
    public TomlPosition Position { get; } = position;

    /// <summary>The type.</summary>
    public abstract TomlKind Kind { get; }
}
