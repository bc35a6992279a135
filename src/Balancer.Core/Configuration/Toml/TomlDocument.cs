namespace Balancer.Configuration.Toml;

/// <summary>What was read from one file.</summary>
/// <param name="Root">The root table; lines with faults are missing from it.</param>
/// <param name="Errors">The faults in the order of the file; empty when the file is valid TOML 1.0.</param>
internal sealed record TomlDocument(TomlTable Root, IReadOnlyList<TomlError> Errors);
