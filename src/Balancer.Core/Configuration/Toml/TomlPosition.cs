namespace Balancer.Configuration.Toml;

/// <summary>A place in a document. The column counts Unicode characters, not bytes and not UTF-16 units.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal readonly record struct TomlPosition(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Line}:{Column}";
}
