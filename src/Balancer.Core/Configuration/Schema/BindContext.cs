using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>What binding one file needs: its name, whether it can be trusted to be whole, and the list of faults.</summary>
internal sealed class BindContext(string file, bool hasSyntaxErrors, BindState state)
{
    private const int ShownLength = 60;

    /// <summary>The file, as written by the user or the <c>include</c>.</summary>
    public string File { get; } = file;

    /// <summary>Whether lines are missing from the tree, so that what is absent proves nothing.</summary>
    public bool HasSyntaxErrors { get; } = hasSyntaxErrors;

    /// <summary>What all files share.</summary>
    public BindState State { get; } = state;

    /// <summary>The key being read, put before each message; empty for none.</summary>
    public string Subject { get; set; } = "";

    /// <summary>A place in this file.</summary>
    public SourceLocation At(TomlPosition position) => new(File, position.Line, position.Column);

    /// <summary>A text that is compiled later: the part of a string that starts at an index, which keeps the place of each of its characters.</summary>
    public ConfigText Text(TomlString source, int index, string text)
    {
        var breaks = new List<ConfigTextBreak>();
        foreach (var (at, position) in source.Breaks)
        {
            if (at > index && at <= index + text.Length)
            {
                breaks.Add(new ConfigTextBreak(at - index, At(position)));
            }
        }

        return new ConfigText(text, At(source.PositionOf(index)))
        {
            Breaks = breaks.Count == 0 ? [] : breaks,
            Inserts = [.. source.Inserts.Where(insert => insert.Index >= index && insert.Index + insert.Length <= index + text.Length).Select(insert => new ConfigTextInsert(insert.Index - index, insert.Length, insert.Written))],
        };
    }

    /// <summary>Cuts a phrase into its words, and reports where that is not possible.</summary>
    /// <param name="phrase">The phrase.</param>
    /// <param name="limit">Most words, see <see cref="Phrase.TrySplit"/>.</param>
    /// <param name="words">The words.</param>
    public bool TrySplit(TomlString phrase, int limit, out List<Word> words)
    {
        words = [];
        return Phrase.TrySplit(phrase, limit, words, out var error, out var errorIndex) || Fail(phrase.PositionOf(errorIndex), error!);
    }

    /// <summary>Reports a fault.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool Fail(TomlPosition position, string message)
    {
        State.Errors.Add(new ConfigError(At(position), Subject.Length == 0 ? message : $"{Subject}: {message}"));
        return false;
    }

    /// <summary>Reports a value of the wrong type or range.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool FailExpected(TomlValue found, string expected) => Fail(found.Position, $"found {Show(found)}, expected {expected}");

    /// <summary>Reports a word of the wrong form or range.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool FailExpected(Word found, string expected) => Fail(found.Position, $"found {Show(found.Text)}, expected {expected}");

    /// <summary>A text in quotes, cut when long.</summary>
    public static string Show(string text) => text.Length <= ShownLength ? $"'{text}'" : $"'{text.AsSpan(0, ShownLength)}…'";

    private static string Show(TomlValue value) => value switch
    {
        TomlString text => Show(text.Value),
        TomlInteger integer => $"{integer.Value}",
        TomlBoolean { Value: true } => "true",
        TomlBoolean => "false",
        TomlFloat number => $"the number {number.Value}",
        TomlArray => "an array",
        TomlTable => "a table",
        _ => "a date or time",
    };
}
