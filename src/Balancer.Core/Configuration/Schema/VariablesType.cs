using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Texts by the variable that gets them: a table, or nginx's <c>$name value</c> in a string, or an array of these.</summary>
internal sealed class VariablesType : ValueType<IReadOnlyDictionary<string, ConfigText>>
{
    public override string Name => "table of texts with variables";

    public override string Expected => "a table such as { user = \"$upstream_http_x_user\" }, or a string such as \"$user $upstream_http_x_user\", or an array of these";

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyDictionary<string, ConfigText> result)
    {
        var texts = new Dictionary<string, ConfigText>(StringComparer.OrdinalIgnoreCase);
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
        $"{{ {string.Join(", ", value.Select(static pair => $"{TomlFormat.Key(pair.Key)} = {TomlFormat.Quote(pair.Value.Value)}"))} }}";

    private bool TryReadOne(TomlValue value, BindContext context, Dictionary<string, ConfigText> texts) => value switch
    {
        TomlTable table => TryReadTable(table, context, texts),
        TomlString text => TryReadLine(text, context, texts),
        _ => context.FailExpected(value, Expected),
    };

    private static bool TryReadTable(TomlTable table, BindContext context, Dictionary<string, ConfigText> texts)
    {
        var well = true;
        foreach (var entry in table.Entries)
        {
            well &= entry.Value is TomlString text
                ? TryAdd(entry.Key.Name, entry.Key.Position, context.Text(text, 0, text.Value), context, texts)
                : context.FailExpected(entry.Value, "a text, which may hold variables");
        }

        return well;
    }

    private static bool TryReadLine(TomlString line, BindContext context, Dictionary<string, ConfigText> texts)
    {
        var words = new List<Word>();
        if (!Phrase.TrySplit(line, 0, words, out var error, out var errorIndex))
        {
            return context.Fail(line.PositionOf(errorIndex), error!);
        }

        if (words.Count != 2 || !words[0].Text.StartsWith('$'))
        {
            return context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a variable and one value; put a value with blanks in quotes: '$name \"two words\"'");
        }

        TemplateType.Any.TryReadWord(words[1], context, out var text);
        return TryAdd(words[0].Text[1..], words[0].Position, text, context, texts);
    }

    private static bool TryAdd(string name, TomlPosition position, ConfigText text, BindContext context, Dictionary<string, ConfigText> texts)
    {
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') || name is [>= '1' and <= '9'])
        {
            return context.Fail(position, $"found {BindContext.Show(name)}, expected the name of a variable: letters, digits and '_'");
        }

        return texts.TryAdd(name, text) || context.Fail(position, $"'{name}' is given twice");
    }
}
