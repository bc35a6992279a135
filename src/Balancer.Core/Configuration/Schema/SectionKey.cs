using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A key whose value is written as tables with headers of their own.</summary>
internal abstract class SectionKey<T>(string name) : LevelKey<T>(name)
{
    public override string? Write(T source) => null;

    public override string? WriteWord(T source) => null;

    public override bool TryBindWord(ref T target, Word word, BindContext context) => context.FailExpected(word, Expected);

    /// <summary>Writes the tables.</summary>
    /// <param name="source">The record that holds them.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="path">The dotted name of the table they stand in; empty at the top.</param>
    public abstract void WriteSections(T source, TextWriter writer, string path);

    /// <summary>The dotted name of the tables of this key.</summary>
    protected string PathIn(string path) => path.Length == 0 ? Name : $"{path}.{Name}";
}
