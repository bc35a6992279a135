using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One line, several, or <c>"off"</c>, which is an empty list: <c>access_log</c> and its like.</summary>
internal sealed class ListOrOffType<T>(PhraseType<T> line) : ValueType<IReadOnlyList<T>>
{
    private readonly ListType<T> _lines = new(line);

    public override string Name => "phrase or table, or an array of them";

    public override string Expected => $"\"off\", or {line.Expected}, or an array of such";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Off, _lines.Shape);

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<T> result)
    {
        result = [];
        return value switch
        {
            TomlString { Value: "off" } or TomlBoolean { Value: false } => true,
            TomlString or TomlTable or TomlArray => _lines.TryRead(value, context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<T> result)
    {
        result = [];
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyList<T> value) => value.Count == 0 ? "\"off\"" : _lines.Write(value);
}
