using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>body</c> of a match: <c>~ regex</c> or <c>!~ regex</c>.</summary>
internal sealed class BodyConditionType : WordType<BodyCondition>
{
    public override string Name => "condition";

    public override string Expected => "'~' or '!~' and a regular expression, such as \"~ ready\"";

    public override bool TryReadWord(Word word, BindContext context, out BodyCondition result)
    {
        var text = word.Text.Trim();
        var isNegated = text.StartsWith("!~", StringComparison.Ordinal);
        var pattern = text[Math.Min(text.Length, isNegated ? 2 : 1)..].Trim();
        result = new BodyCondition(pattern, isNegated);
        if ((!isNegated && !text.StartsWith('~')) || pattern.Length == 0)
        {
            return context.FailExpected(word, Expected);
        }

        if (!ConfigRegex.TryCreate(pattern, ignoreCase: false, out var regex, out var error, out var errorIndex))
        {
            return context.Fail(word.From(Math.Min(word.Text.LastIndexOf(pattern, StringComparison.Ordinal) + errorIndex, word.Text.Length)).Position, error);
        }

        result = result with { Pattern = regex };
        return true;
    }

    public override string WriteWord(BodyCondition value) => $"{(value.IsNegated ? "!~" : "~")} {value.Value}";
}
