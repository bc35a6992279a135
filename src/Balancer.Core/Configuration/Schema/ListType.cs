using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Several values: an array, or one alone. What was read well is given even when a part has faults.</summary>
/// <param name="item">The type of each.</param>
/// <param name="splits">Whether one string that stands alone may hold several, with blanks between, as an nginx line does.</param>
internal sealed class ListType<T>(ValueType<T> item, bool splits = false) : ValueType<IReadOnlyList<T>>
{
    public override string Name => $"{item.Name}, or an array of them";

    public override string Expected => $"{item.Expected}, or an array of such";

    public override JsonObject Shape => splits ? JsonShape.AnyOf(JsonShape.Text, item.Shape, JsonShape.ListOf(item.Shape)) : JsonShape.AnyOf(item.Shape, JsonShape.ListOf(item.Shape));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<T> result)
    {
        var items = new List<T>();
        var well = true;
        if (value is TomlArray array)
        {
            well = array.Items.Count > 0 || context.Fail(value.Position, $"found an empty array, expected {Expected}");
            foreach (var element in array.Items)
            {
                well &= TryReadOne(element, false, context, items);
            }
        }
        else
        {
            well = TryReadOne(value, splits, context, items);
        }

        result = items;
        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<T> result)
    {
        var well = item.TryReadWord(word, context, out var one);
        result = [one];
        return well;
    }

    public override string Write(IReadOnlyList<T> value) => value.Count switch
    {
        1 when !splits || item.WriteWord(value[0]) is not { } word || Phrase.IsPlainWord(word) => item.Write(value[0]),
        _ when value.Sum(v => item.Write(v).Length) < 80 => $"[{string.Join(", ", value.Select(item.Write))}]",
        _ => $"[\n{string.Concat(value.Select(v => $"  {item.Write(v)},\n"))}]",
    };

    private bool TryReadOne(TomlValue value, bool split, BindContext context, List<T> items)
    {
        if (!split || value is not TomlString text)
        {
            if (!item.TryRead(value, context, out var single))
            {
                return false;
            }

            items.Add(single);
            return true;
        }

        if (!context.TrySplit(text, 0, out var words))
        {
            return false;
        }

        if (words.Count == 0)
        {
            words.Add(Word.Whole(text));
        }

        var well = true;
        foreach (var word in words)
        {
            if (item.TryReadWord(word, context, out var one))
            {
                items.Add(one);
            }
            else
            {
                well = false;
            }
        }

        return well;
    }
}
