namespace Balancer.Observability.Metrics;

/// <summary>A metric with all its label values. Families are listed in <see cref="MetricFamilies"/> and compared by reference.</summary>
/// <param name="kind">What its values mean.</param>
/// <param name="name">The name without the suffix its kind brings, such as <c>_total</c>; ends with the unit.</param>
/// <param name="unit">The base unit, such as <c>seconds</c> or <c>bytes</c>; null for plain numbers.</param>
/// <param name="help">One sentence without a full stop.</param>
/// <param name="labels">Names of its labels. Their values are names from the configuration or from this source, never something a client sent.</param>
internal sealed class MetricFamily(MetricKind kind, string name, string? unit, string help, params string[] labels)
{
    /// <summary>What its values mean.</summary>
    public MetricKind Kind { get; } = kind;

    /// <summary>The name without the suffix its kind brings.</summary>
    public string Name { get; } = name;

    /// <summary>The name of its samples: with <c>_total</c> or <c>_info</c>. Those of a histogram have suffixes of their own.</summary>
    public string SampleName { get; } = kind switch
    {
        MetricKind.Counter => name + "_total",
        MetricKind.Info => name + "_info",
        _ => name,
    };

    /// <summary>The base unit; null for plain numbers.</summary>
    public string? Unit { get; } = unit;

    /// <summary>What it tells.</summary>
    public string Help { get; } = help;

    /// <summary>Names of its labels.</summary>
    public IReadOnlyList<string> Labels { get; } = labels;

    /// <inheritdoc/>
    public override string ToString() => SampleName;
}
