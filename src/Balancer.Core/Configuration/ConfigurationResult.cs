namespace Balancer.Configuration;

/// <summary>What loading a configuration gave.</summary>
/// <param name="Config">The configuration; null when there is any fault.</param>
/// <param name="Errors">Every fault of every file, in the order the files were read in and then by line and column.</param>
public sealed record ConfigurationResult(GatewayConfig? Config, IReadOnlyList<ConfigError> Errors)
{
    /// <summary>What could be read of a configuration, faults or not, for the checks of other rooms; null when a file could not be read whole.</summary>
    internal GatewayConfig? Draft { get; init; }

    /// <summary>Every regular expression of the files, also those that <see cref="Draft"/> lacks because their key has a fault.</summary>
    internal IReadOnlyList<PatternText> Patterns { get; init; } = [];

    /// <summary>The files in the order they were read in.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The result with what another room found, in order.</summary>
    internal ConfigurationResult WithErrors(IEnumerable<ConfigError> found)
    {
        var errors = Sorted([.. Errors, .. found]);
        return this with { Config = errors.Count == 0 ? Config : null, Errors = errors };
    }

    private List<ConfigError> Sorted(List<ConfigError> errors)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Files)
        {
            order.TryAdd(file, order.Count);
        }

        // OrderBy is stable: faults of one place stay in the order they were found.
        return
        [
            .. errors.Distinct()
                .OrderBy(e => order.GetValueOrDefault(e.Location.File, int.MaxValue))
                .ThenBy(static e => e.Location.Line)
                .ThenBy(static e => e.Location.Column),
        ];
    }
}
