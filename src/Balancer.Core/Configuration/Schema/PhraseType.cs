using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A value that nginx writes as a line: a string holds the line, a table holds the same parts by name.</summary>
/// <param name="level">The parts.</param>
/// <param name="blank">The record to start from, given where it stands.</param>
/// <param name="positional">The names of the parts that have no name in the line, in their order.</param>
/// <param name="expected">What messages say was expected.</param>
/// <param name="lastTakesRest">Whether the last positional part takes the rest of the line.</param>
internal sealed class PhraseType<T>(ConfigLevel<T> level, Func<SourceLocation, T> blank, string[] positional, string expected, bool lastTakesRest = false) : ValueType<T>
{
    public override string Name => "phrase or table";

    public override string Expected => expected;

    public override JsonObject Shape => AllowsInteger ? JsonShape.AnyOf(JsonShape.Text, JsonShape.Table(Level), Level.Find(positional[0])!.Shape) : JsonShape.AnyOf(JsonShape.Text, JsonShape.Table(Level));

    /// <summary>The parts.</summary>
    public ConfigLevel<T> Level { get; } = level;

    /// <summary>Whether a bare integer may stand for the first part.</summary>
    public bool AllowsInteger { get; init; }

    public override bool TryRead(TomlValue value, BindContext context, out T result)
    {
        result = default!;
        return value switch
        {
            TomlString text when text.Value.AsSpan().Trim().IsEmpty => context.FailExpected(value, Expected),
            TomlString text => Level.TryBindPhrase(blank(context.At(text.PositionOf(0))), text, positional, lastTakesRest, context, out result),
            TomlTable table => Level.TryBind(blank(context.At(table.Position)), table, context, out result),
            TomlInteger integer when AllowsInteger => TryReadInteger(integer, context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out T result)
    {
        result = default!;
        return context.FailExpected(word, Expected);
    }

    public override string Write(T value) => WritePhrase(value) is { } phrase ? TomlFormat.Quote(phrase) : WriteTable(value);

    private bool TryReadInteger(TomlInteger integer, BindContext context, out T result)
    {
        var text = new TomlString(integer.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), integer.Position, integer.Position);
        return Level.TryBindPhrase(blank(context.At(integer.Position)), text, positional, lastTakesRest, context, out result);
    }

    private string? WritePhrase(T value)
    {
        var words = new List<string>();
        for (var i = 0; i < positional.Length; i++)
        {
            var key = Level.Find(positional[i])!;
            if (key.Write(value) is null)
            {
                continue;
            }

            var isRest = lastTakesRest && i == positional.Length - 1;
            if (words.Count < i || key.WriteWord(value) is not { } word || !(isRest ? Phrase.IsPlainRest(word) : Phrase.IsPlainWord(word)))
            {
                return null;
            }

            words.Add(word);
        }

        foreach (var key in Level.LevelKeys)
        {
            if (positional.Contains(key.Name) || key.Write(value) is not { } written || written == key.Default)
            {
                continue;
            }

            if (key.WriteWord(value) is not { } word || !Phrase.IsPlainWord(word))
            {
                return null;
            }

            words.Add(key.IsFlag && word == "on" ? key.Name : $"{key.Name}={word}");
        }

        return string.Join(' ', words);
    }

    private string WriteTable(T value)
    {
        var pairs = new List<string>();
        foreach (var key in Level.LevelKeys)
        {
            if (key.Write(value) is { } written && (written != key.Default || key.Required))
            {
                pairs.Add($"{TomlFormat.Key(key.Name)} = {written}");
            }
        }

        return $"{{ {string.Join(", ", pairs)} }}";
    }
}
