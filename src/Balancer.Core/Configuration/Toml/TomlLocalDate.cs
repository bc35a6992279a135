namespace Balancer.Configuration.Toml;

/// <summary>A date.</summary>
internal sealed class TomlLocalDate(DateOnly value, TomlPosition position) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public DateOnly Value { get; } = value;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.LocalDate;
}
