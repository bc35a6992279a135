using System.Globalization;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>status</c> of a match: <c>200</c>, <c>"200-399"</c>, <c>"! 500 502-504"</c>.</summary>
internal sealed class StatusConditionType : ValueType<StatusCondition>
{
    public override string Name => "status codes";

    public override string Expected => "codes from 100 to 599 or ranges of them such as \"200-399\", with blanks between and an optional '!' before";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Number(100, 599), JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out StatusCondition result)
    {
        result = new StatusCondition([], false);
        if (value is TomlInteger { Value: >= 100 and <= 599 } integer)
        {
            result = new StatusCondition([((int)integer.Value, (int)integer.Value)], false);
            return true;
        }

        if (value is not TomlString text)
        {
            return context.FailExpected(value, Expected);
        }

        if (!context.TrySplit(text, 0, out var words))
        {
            return false;
        }

        // The mark may stand against the first code.
        if (words is [{ Text: ['!', _, ..] } first, ..])
        {
            words = [first with { Text = "!" }, first.From(1), .. words[1..]];
        }

        var isNegated = words is [{ Text: "!" }, ..];
        var ranges = new List<(int, int)>();
        foreach (var word in words.Skip(isNegated ? 1 : 0))
        {
            if (!TryReadRange(word.Text, out var range))
            {
                return context.FailExpected(word, Expected);
            }

            ranges.Add(range);
        }

        result = new StatusCondition(ranges, isNegated);
        return ranges.Count > 0 || context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out StatusCondition result)
    {
        result = new StatusCondition([], false);
        return context.FailExpected(word, Expected);
    }

    public override string Write(StatusCondition value) =>
        TomlFormat.Quote((value.IsNegated ? "! " : "") + string.Join(' ', value.Ranges.Select(static range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}")));

    private static bool TryReadRange(string text, out (int From, int To) range)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        range = default;
        return TryReadCode(dash < 0 ? text : text[..dash], out range.From) && TryReadCode(dash < 0 ? text : text[(dash + 1)..], out range.To) && range.From <= range.To;
    }

    private static bool TryReadCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && text.Length == 3 && code is >= 100 and <= 599;
}
