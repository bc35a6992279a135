using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One <c>header</c> of a match: <c>Name</c>, <c>! Name</c>, <c>Name = value</c>, <c>Name ~ regex</c> and their negations.</summary>
internal sealed class FieldConditionType : WordType<FieldCondition>
{
    private static readonly string[] s_operators = ["!=", "!~", "=", "~"];

    public override string Name => "condition";

    public override string Expected => "a condition such as \"Name\", \"! Name\", \"Name = value\" or \"Name ~ regex\"";

    public override bool TryReadWord(Word word, BindContext context, out FieldCondition result)
    {
        result = new FieldCondition("", "", "", false);
        var text = word.Text.AsSpan().Trim();
        if (text.StartsWith("!") && FieldSyntax.IsName(text[1..].Trim().ToString()))
        {
            result = new FieldCondition(text[1..].Trim().ToString(), "", "", IsAbsent: true);
            return true;
        }

        var end = text.IndexOf(' ');
        var name = (end < 0 ? text : text[..end]).ToString();
        if (!FieldSyntax.IsName(name))
        {
            return context.FailExpected(word, Expected);
        }

        if (end < 0)
        {
            result = new FieldCondition(name, "", "", false);
            return true;
        }

        var rest = text[end..].Trim().ToString();
        var sign = Array.Find(s_operators, o => rest.StartsWith(o, StringComparison.Ordinal));
        if (sign is null || rest.Length == sign.Length)
        {
            return context.FailExpected(word, Expected);
        }

        var value = rest[sign.Length..].Trim();
        result = new FieldCondition(name, sign, value, false);
        if (sign is "=" or "!=")
        {
            return true;
        }

        if (!ConfigRegex.TryCreate(value, ignoreCase: false, out var regex, out var error, out var errorIndex))
        {
            return context.Fail(word.From(Math.Min(word.Text.LastIndexOf(value, StringComparison.Ordinal) + errorIndex, word.Text.Length)).Position, error);
        }

        result = result with { Pattern = regex };
        return true;
    }

    public override string WriteWord(FieldCondition value) => value switch
    {
        { IsAbsent: true } => $"! {value.Name}",
        { Operator: "" } => value.Name,
        _ => $"{value.Name} {value.Operator} {value.Value}",
    };
}
