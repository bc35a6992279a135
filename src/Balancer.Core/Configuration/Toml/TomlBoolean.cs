namespace Balancer.Configuration.Toml;

/// <summary>A boolean.</summary>
internal sealed class TomlBoolean(bool value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Boolean;
}
