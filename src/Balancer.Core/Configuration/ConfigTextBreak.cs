namespace Balancer.Configuration;

/// <summary>An index of a text whose place in the file does not follow from the character before it: behind an escape, at the start of a line or of a joined text.</summary>
/// <param name="Index">Index into the text.</param>
/// <param name="Location">Where that character stands.</param>
public readonly record struct ConfigTextBreak(int Index, SourceLocation Location);
