using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Trailers by name: a table whose values are texts or tables of value and always, or nginx's <c>Name value [always]</c> in a string, or an array of these.</summary>
internal sealed class TrailersType : ValueType<IReadOnlyDictionary<string, TrailerConfig>>
{
    private const string Always = "always";
    private const string ExpectedValue = "a text, which may hold variables, or a table such as { value = \"$status\", always = true }";

    public override string Name => "table of texts with variables";

    public override string Expected => "a table such as { Server-Timing = \"app;dur=$upstream_response_time\" }, or a string such as \"X-Status $status always\", or an array of these";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, Table, JsonShape.ListOf(JsonShape.AnyOf(JsonShape.Text, Table)));

    private static JsonObject Table => JsonShape.TableOf(JsonShape.AnyOf(JsonShape.Text, new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["value"] = JsonShape.Text, ["always"] = JsonShape.Switch },
        ["required"] = new JsonArray("value"),
        ["additionalProperties"] = false,
    }));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyDictionary<string, TrailerConfig> result)
    {
        var trailers = new Dictionary<string, TrailerConfig>(StringComparer.OrdinalIgnoreCase);
        result = trailers;
        if (value is not TomlArray array)
        {
            return TryReadOne(value, context, trailers);
        }

        var well = array.Items.Count > 0 || context.FailExpected(value, Expected);
        foreach (var item in array.Items)
        {
            well &= TryReadOne(item, context, trailers);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyDictionary<string, TrailerConfig> result)
    {
        result = new Dictionary<string, TrailerConfig>();
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyDictionary<string, TrailerConfig> value) => $"{{ {string.Join(", ", value.Select(static pair => $"{TomlFormat.Key(pair.Key)} = {Write(pair.Value)}"))} }}";

    private static string Write(TrailerConfig trailer) => trailer.Always ? $"{{ value = {TomlFormat.Quote(trailer.Value.Written)}, always = true }}" : TomlFormat.Quote(trailer.Value.Written);

    private bool TryReadOne(TomlValue value, BindContext context, Dictionary<string, TrailerConfig> trailers) => value switch
    {
        TomlTable table => TryReadTable(table, context, trailers),
        TomlString line => TryReadLine(line, context, trailers),
        _ => context.FailExpected(value, Expected),
    };

    private static bool TryReadTable(TomlTable table, BindContext context, Dictionary<string, TrailerConfig> trailers)
    {
        var well = true;
        foreach (var entry in table.Entries)
        {
            well &= entry.Value switch
            {
                TomlString text => TryAdd(entry.Key.Name, entry.Key.Position, Word.Whole(text), false, context, trailers),
                TomlTable inner => TryReadInner(entry.Key, inner, context, trailers),
                _ => context.FailExpected(entry.Value, ExpectedValue),
            };
        }

        return well;
    }

    private static bool TryReadInner(TomlKey key, TomlTable table, BindContext context, Dictionary<string, TrailerConfig> trailers)
    {
        TomlString? text = null;
        var always = false;
        foreach (var entry in table.Entries)
        {
            switch (entry.Key.Name, entry.Value)
            {
                case ("value", TomlString value):
                    text = value;
                    break;
                case (Always, TomlBoolean flag):
                    always = flag.Value;
                    break;
                case ("value" or Always, _):
                    return context.FailExpected(entry.Value, entry.Key.Name == Always ? BooleanType.Instance.Expected : "a text, which may hold variables");
                default:
                    return context.Fail(entry.Key.Position, $"found {BindContext.Show(entry.Key.Name)}, expected 'value' or 'always'");
            }
        }

        return text is null ? context.FailExpected(table, ExpectedValue) : TryAdd(key.Name, key.Position, Word.Whole(text), always, context, trailers);
    }

    private static bool TryReadLine(TomlString line, BindContext context, Dictionary<string, TrailerConfig> trailers)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        if (words.Count == 2 || words is [_, _, { Text: Always }])
        {
            return TryAdd(words[0].Text, words[0].Position, words[1], words.Count == 3, context, trailers);
        }

        return context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a name and one value, and perhaps 'always'; put a value with blanks in quotes: 'Name \"two words\"'");
    }

    private static bool TryAdd(string name, TomlPosition position, Word value, bool always, BindContext context, Dictionary<string, TrailerConfig> trailers)
    {
        if (!HeaderFieldsType.IsAllowed(name, position, value, context))
        {
            return false;
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return trailers.TryAdd(name, new TrailerConfig(text, always)) || context.Fail(position, $"'{name}' is given twice");
    }
}
