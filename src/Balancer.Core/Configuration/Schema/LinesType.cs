using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Lines as nginx has them: one in a string, several in an array, or <c>"off"</c>, which is an empty list.</summary>
internal abstract class LinesType<T> : ValueType<IReadOnlyList<T>>
{
    private const string Off = "off";

    public override string Name => "phrase, or an array of them";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Off, JsonShape.Text, JsonShape.ListOf(JsonShape.Text));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<T> result)
    {
        var lines = new List<T>();
        result = lines;
        switch (value)
        {
            case TomlBoolean { Value: false } or TomlString { Value: Off }:
                return true;
            case TomlString line:
                return TryReadLine(line, context, lines);
            case TomlArray { Items.Count: > 0 } array:
                var well = true;
                foreach (var item in array.Items)
                {
                    well &= item is TomlString one ? TryReadLine(one, context, lines) : context.FailExpected(item, Expected);
                }

                return well;
            default:
                return context.FailExpected(value, Expected);
        }
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<T> result)
    {
        result = [];
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyList<T> value) => value.Count == 0 ? TomlFormat.Quote(Off) : $"[{string.Join(", ", value.Select(line => TomlFormat.Quote(WriteLine(line))))}]";

    /// <summary>Reads a line.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    protected abstract bool TryReadLine(TomlString line, BindContext context, List<T> lines);

    /// <summary>A line as it is written.</summary>
    protected abstract string WriteLine(T line);
}
