namespace Balancer.Configuration.Toml;

/// <summary>An integer.</summary>
internal sealed class TomlInteger(long value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Integer;
}
