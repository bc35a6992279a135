namespace Balancer.Configuration.Toml;

/// <summary>A part of a string that does not stand in the file but was put in place of what stands there.</summary>
/// <param name="Index">Index of the resolved text at which it begins.</param>
/// <param name="Length">Its length; zero where nothing was put.</param>
/// <param name="Written">What stands in the file.</param>
internal readonly record struct TomlInsert(int Index, int Length, string Written);
