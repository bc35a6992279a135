namespace Balancer.Configuration.Toml;

/// <summary>An index of a string whose place in the file does not follow from the character before it.</summary>
/// <param name="Index">Index of the resolved text.</param>
/// <param name="Position">Where that character stands.</param>
internal readonly record struct TomlStringBreak(int Index, TomlPosition Position);
