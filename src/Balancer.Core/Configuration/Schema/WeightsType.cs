using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>What is tracked, and what it does to the priority: a table of names and weights, or keepalived's <c>NAME weight N</c> in a string, or an array of these.</summary>
/// <param name="what">What the names are of.</param>
/// <param name="inherits">Whether one without a weight has that of what is named.</param>
internal sealed class WeightsType(string what, bool inherits = false) : ValueType<IReadOnlyDictionary<string, VrrpWeight>>
{
    public override string Name => "table of integers";

    public override string Expected { get; } = $"the name of {what}, or a table of names and weights from -{WeightType.Greatest} to {WeightType.Greatest} such as {{ name = -30 }}, or an array of names";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(WeightType.Instance.Shape), JsonShape.ListOf(JsonShape.AnyOf(JsonShape.Text, JsonShape.TableOf(WeightType.Instance.Shape))));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyDictionary<string, VrrpWeight> result)
    {
        var weights = new Dictionary<string, VrrpWeight>(StringComparer.Ordinal);
        result = weights;
        if (value is not TomlArray array)
        {
            return TryReadOne(value, context, weights);
        }

        var well = array.Items.Count > 0 || context.FailExpected(value, Expected);
        foreach (var item in array.Items)
        {
            well &= TryReadOne(item, context, weights);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyDictionary<string, VrrpWeight> result)
    {
        result = new Dictionary<string, VrrpWeight>();
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyDictionary<string, VrrpWeight> value) =>
        value.Values.Any(static w => w.Value is null)
            ? $"[{string.Join(", ", value.Select(static pair => TomlFormat.Quote(pair.Value.Value is { } weight ? $"{pair.Key} weight {weight}" : pair.Key)))}]"
            : $"{{ {string.Join(", ", value.Select(static pair => $"{TomlFormat.Key(pair.Key)} = {pair.Value.Value}"))} }}";

    private bool TryReadOne(TomlValue value, BindContext context, Dictionary<string, VrrpWeight> weights) => value switch
    {
        TomlTable table => TryReadTable(table, context, weights),
        TomlString text => TryReadLine(text, context, weights),
        _ => context.FailExpected(value, Expected),
    };

    private static bool TryReadTable(TomlTable table, BindContext context, Dictionary<string, VrrpWeight> weights)
    {
        var well = true;
        foreach (var entry in table.Entries)
        {
            well &= WeightType.Instance.TryRead(entry.Value, context, out var weight) && TryAdd(entry.Key.Name, entry.Key.Position, weight, context, weights);
        }

        return well;
    }

    private bool TryReadLine(TomlString line, BindContext context, Dictionary<string, VrrpWeight> weights)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        int? weight = inherits ? null : 0;
        if (words is [_, { Text: "weight" }, var number])
        {
            if (!WeightType.Instance.TryReadWord(number, context, out var parsed))
            {
                return false;
            }

            weight = parsed;
        }
        else if (words.Count != 1)
        {
            return context.FailExpected(line, "a name, or NAME weight NUMBER");
        }

        return TryAdd(words[0].Text, words[0].Position, weight, context, weights);
    }

    private static bool TryAdd(string name, TomlPosition position, int? weight, BindContext context, Dictionary<string, VrrpWeight> weights) =>
        weights.TryAdd(name, new VrrpWeight(context.At(position), weight)) || context.Fail(position, $"'{name}' is given twice");
}
