using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>What stands between the braces of nginx's <c>map</c>, <c>geo</c> and <c>split_clients</c>: a table, or lines of two words in an array.</summary>
/// <param name="expectedKey">What stands on the left.</param>
/// <param name="reserved">Words that nginx reads as parameters there, and what to do instead.</param>
/// <param name="mayRepeat">Whether several lines may have the same key, as two halves have.</param>
internal sealed class MapValuesType(string expectedKey, IReadOnlyDictionary<string, string> reserved, bool mayRepeat = false) : ValueType<IReadOnlyList<MapEntryConfig>>
{
    public override string Name => "table of texts";

    public override string Expected => $"a table of {expectedKey} and values, or an array of lines with both";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.ListOf(JsonShape.Text), JsonShape.TableOf(JsonShape.Text));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<MapEntryConfig> result)
    {
        var entries = new List<MapEntryConfig>();
        result = entries;
        var faults = context.State.Errors.Count;
        switch (value)
        {
            case TomlTable { Entries.Count: > 0 } table:
                foreach (var entry in table.Entries)
                {
                    ReadEntry(entry, context, entries);
                }

                break;
            case TomlArray { Items.Count: > 0 } array:
                foreach (var item in array.Items)
                {
                    ReadLine(item, context, entries);
                }

                break;
            case TomlString:
                ReadLine(value, context, entries);
                break;
            case TomlTable:
                return context.Fail(value.Position, $"found an empty table, expected {Expected}");
            default:
                return context.FailExpected(value, Expected);
        }

        return context.State.Errors.Count == faults;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<MapEntryConfig> result)
    {
        result = [];
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyList<MapEntryConfig> value) => value.Select(static entry => entry.Key.Value).Distinct().Count() < value.Count
        ? $"[{string.Join(", ", value.Select(static entry => TomlFormat.Quote($"{entry.Key.Value} {Phrase.WriteWord(entry.Value.Written)}")))}]"
        : $"{{ {string.Join(", ", value.Select(static entry => $"{TomlFormat.Key(entry.Key.Value)} = {TomlFormat.Quote(entry.Value.Written)}"))} }}";

    private void ReadEntry(TomlEntry entry, BindContext context, List<MapEntryConfig> entries)
    {
        if (entry.Value is not TomlString text)
        {
            context.FailExpected(entry.Value, "a text");
        }
        else
        {
            Add(entry.Key.Name, context.At(entry.Key.Position), entry.Key.Position, context.Text(text, 0, text.Value), context, entries);
        }
    }

    private void ReadLine(TomlValue value, BindContext context, List<MapEntryConfig> entries)
    {
        if (value is not TomlString line)
        {
            context.FailExpected(value, "a line such as \"key value\"");
            return;
        }

        if (!context.TrySplit(line, 0, out var words))
        {
            return;
        }

        if (words.Count > 0 && reserved.TryGetValue(words[0].Text, out var instead))
        {
            context.Fail(words[0].Position, $"'{words[0].Text}' {instead}");
        }
        else if (words.Count != 2)
        {
            context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected two words; put one with blanks, or an empty one, in quotes: 'key \"two words\"'");
        }
        else
        {
            TemplateType.Any.TryReadWord(words[1], context, out var text);
            Add(words[0].Text, context.At(words[0].Position), words[0].Position, text, context, entries);
        }
    }

    private void Add(string key, SourceLocation location, TomlPosition position, ConfigText value, BindContext context, List<MapEntryConfig> entries)
    {
        if (reserved.TryGetValue(key, out var instead))
        {
            context.Fail(position, $"'{key}' {instead}");
        }
        else if (!mayRepeat && entries.Exists(entry => entry.Key.Value == key))
        {
            context.Fail(position, $"{BindContext.Show(key)} is given twice");
        }
        else
        {
            entries.Add(new MapEntryConfig(new ConfigText(key, location), value));
        }
    }
}
