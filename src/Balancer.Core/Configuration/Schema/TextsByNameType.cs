using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Texts by name, each name once: a table, or nginx's <c>name value</c> in a string, or an array of these.</summary>
/// <param name="names">Tells names apart.</param>
/// <param name="expectedText">What messages say was expected of a value in a table.</param>
internal abstract class TextsByNameType(StringComparer names, string expectedText) : ValueType<IReadOnlyDictionary<string, ConfigText>>
{
    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(JsonShape.Text), JsonShape.ListOf(JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(JsonShape.Text))));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyDictionary<string, ConfigText> result)
    {
        var texts = new Dictionary<string, ConfigText>(names);
        result = texts;
        if (value is not TomlArray array)
        {
            return TryReadOne(value, context, texts);
        }

        var well = array.Items.Count > 0 || context.FailExpected(value, Expected);
        foreach (var item in array.Items)
        {
            well &= TryReadOne(item, context, texts);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyDictionary<string, ConfigText> result)
    {
        result = new Dictionary<string, ConfigText>();
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyDictionary<string, ConfigText> value) =>
        $"{{ {string.Join(", ", value.Select(static pair => $"{TomlFormat.Key(pair.Key)} = {TomlFormat.Quote(pair.Value.Written)}"))} }}";

    /// <summary>Reads the words of a line.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    protected abstract bool TryReadLine(TomlString line, List<Word> words, BindContext context, Dictionary<string, ConfigText> texts);

    /// <summary>Adds a text.</summary>
    /// <returns>False when the name or the text has a fault, which has been reported.</returns>
    protected abstract bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> texts);

    private bool TryReadOne(TomlValue value, BindContext context, Dictionary<string, ConfigText> texts) => value switch
    {
        TomlTable table => TryReadTable(table, context, texts),
        TomlString line => context.TrySplit(line, 0, out var words) && TryReadLine(line, words, context, texts),
        _ => context.FailExpected(value, Expected),
    };

    private bool TryReadTable(TomlTable table, BindContext context, Dictionary<string, ConfigText> texts)
    {
        var well = true;
        foreach (var entry in table.Entries)
        {
            well &= entry.Value is TomlString text
                ? TryAdd(entry.Key.Name, entry.Key.Position, Word.Whole(text), context, texts)
                : context.FailExpected(entry.Value, expectedText);
        }

        return well;
    }
}
