namespace Balancer.Configuration.Toml;

/// <summary>A date and time with an offset from UTC. Fractions beyond 100 ns are cut off.</summary>
internal sealed class TomlOffsetDateTime(DateTime local, TimeSpan offset, TomlPosition position) : TomlValue(position)
{
    /// <summary>Date and time as written, before the offset is taken off. Kept apart from it because <see cref="DateTimeOffset"/> cannot hold every pair RFC 3339 allows.</summary>
    public DateTime Local { get; } = local;

    /// <summary>The offset from UTC, less than a day either way.</summary>
    public TimeSpan Offset { get; } = offset;

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.OffsetDateTime;
}
