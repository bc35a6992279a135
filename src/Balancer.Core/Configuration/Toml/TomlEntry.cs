namespace Balancer.Configuration.Toml;

/// <summary>A key and its value.</summary>
/// <param name="Key">The key; for a table that several lines make, the key of the first.</param>
/// <param name="Value">The value.</param>
internal readonly record struct TomlEntry(TomlKey Key, TomlValue Value);
