namespace Balancer.Configuration;

/// <summary>Where a value stands in a configuration file. Lines and columns count from 1; the column counts characters.</summary>
/// <param name="File">Path as the user wrote or included it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <summary>The location of values that no file holds, such as defaults and built-in formats.</summary>
    public static SourceLocation None { get; } = new("", 0, 0);

    /// <summary><c>file:line:column</c>, as compilers print it.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
