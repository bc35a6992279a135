namespace Balancer.Configuration.Toml;

/// <summary>A time of day. Fractions beyond 100 ns are cut off.</summary>
internal sealed class TomlLocalTime(TimeOnly value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public TimeOnly Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalTime;
}
