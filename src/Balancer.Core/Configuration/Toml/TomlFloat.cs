namespace Balancer.Configuration.Toml;

/// <summary>A floating point number; may be infinite or not a number.</summary>
internal sealed class TomlFloat(double value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Float;
}
