namespace Balancer.Configuration.Toml;

/// <summary>A date and time without an offset. Fractions beyond 100 ns are cut off.</summary>
internal sealed class TomlLocalDateTime(DateTime value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public DateTime Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalDateTime;
}
