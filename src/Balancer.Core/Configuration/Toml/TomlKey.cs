namespace Balancer.Configuration.Toml;

/// <summary>A key, or one part of a dotted key or a header.</summary>
/// <param name="Name">The name, quotes and escapes resolved.</param>
/// <param name="Position">Where it starts, a quote included.</param>
internal readonly record struct TomlKey(string Name, TomlPosition Position);
