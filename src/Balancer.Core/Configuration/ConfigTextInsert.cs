namespace Balancer.Configuration;

/// <summary>A part of a text that came from outside of the file, for a <c>${NAME}</c> or <c>${file:PATH}</c>. A dollar sign in it begins no variable.</summary>
/// <param name="Index">Index into the text.</param>
/// <param name="Length">How many characters; may be zero.</param>
/// <param name="Written">What stands in the file in its place.</param>
public readonly record struct ConfigTextInsert(int Index, int Length, string Written);
