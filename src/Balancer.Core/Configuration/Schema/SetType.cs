using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Variables and their values: a table, or nginx's <c>$name value</c> in a string, or an array of these.</summary>
internal sealed class SetType : ValueType<IReadOnlyList<SetConfig>>
{
    public override string Name => "table of texts with variables";

    public override string Expected => "a table such as { tenant = \"$http_x_tenant\" }, or a string such as \"$tenant $http_x_tenant\", or an array of these";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(JsonShape.Text), JsonShape.ListOf(JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(JsonShape.Text))));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<SetConfig> result)
    {
        var variables = new List<SetConfig>();
        result = variables;
        if (value is not TomlArray array)
        {
            return TryReadOne(value, context, variables);
        }

        var well = array.Items.Count > 0 || context.FailExpected(value, Expected);
        foreach (var item in array.Items)
        {
            well &= TryReadOne(item, context, variables);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<SetConfig> result)
    {
        result = [];
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyList<SetConfig> value) =>
        $"[{string.Join(", ", value.Select(static one => $"{{ {TomlFormat.Key(one.Name)} = {TomlFormat.Quote(one.Value.Written)} }}"))}]";

    private bool TryReadOne(TomlValue value, BindContext context, List<SetConfig> variables)
    {
        if (value is TomlString line)
        {
            return TryReadLine(line, context, variables);
        }

        if (value is not TomlTable table)
        {
            return context.FailExpected(value, Expected);
        }

        var well = true;
        foreach (var entry in table.Entries)
        {
            well &= entry.Value is TomlString text
                ? TryAdd(entry.Key.Name, entry.Key.Position, Word.Whole(text), context, variables)
                : context.FailExpected(entry.Value, "a text, which may hold variables");
        }

        return well;
    }

    private static bool TryReadLine(TomlString line, BindContext context, List<SetConfig> variables)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        return words is [{ Text: ['$', ..] }, _]
            ? TryAdd(words[0].Text[1..], words[0].Position, words[1], context, variables)
            : context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a variable and one value; put a value with blanks in quotes: '$name \"two words\"'");
    }

    private static bool TryAdd(string name, TomlPosition position, Word value, BindContext context, List<SetConfig> variables)
    {
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(name[0]))
        {
            return context.Fail(position, $"found {BindContext.Show(name)}, expected the name of a variable: letters, digits and '_', no digit first");
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        variables.Add(new SetConfig(context.At(position), name, text));
        return true;
    }
}
