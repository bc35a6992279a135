using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Values;

/// <summary>A word of a phrase, or a whole string, with its place.</summary>
/// <param name="Text">The text, quotes of the phrase removed.</param>
/// <param name="Source">The string it stands in.</param>
/// <param name="Index">Index in the string at which the word (or its quote) starts.</param>
internal readonly record struct Word(string Text, TomlString Source, int Index)
{
    /// <summary>Where the word stands in the file.</summary>
    public TomlPosition Position => Source.PositionOf(Index);

    /// <summary>The text of a whole string.</summary>
    public static Word Whole(TomlString source) => new(source.Value, source, 0);

    /// <summary>The text after an index of this word.</summary>
    public Word From(int index) => new(Text[index..], Source, Index + index);
}
