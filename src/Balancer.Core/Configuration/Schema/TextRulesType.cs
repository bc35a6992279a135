using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Lines of what is replaced by what: <c>"from to"</c>, several in an array, or <c>"off"</c>, which is an empty list.</summary>
/// <param name="allowsDefault">Whether the word <c>default</c> may stand for a line.</param>
internal sealed class TextRulesType(bool allowsDefault) : LinesType<TextRuleConfig>
{
    public override string Expected => $"\"off\", {(allowsDefault ? "\"default\", " : "")}a line of two words such as \"from to\" or \"~^regex$ to\", or an array of such";

    protected override string WriteLine(TextRuleConfig line) =>
        line.IsDefault ? TextRuleConfig.Default : $"{Phrase.WriteWord(line.From.Written)} {Phrase.WriteWord(line.To.Written)}";

    protected override bool TryReadLine(TomlString line, BindContext context, List<TextRuleConfig> lines)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        if (allowsDefault && words is [{ Text: TextRuleConfig.Default }])
        {
            var source = context.At(line.PositionOf(0));
            lines.Add(new TextRuleConfig(new ConfigText(TextRuleConfig.Default, source), new ConfigText("", source)));
            return true;
        }

        if (words is not [{ Text.Length: > 0 } from, { } to])
        {
            return context.FailExpected(line, Expected);
        }

        if (FieldSyntax.IndexOfForbidden(to.Text) >= 0)
        {
            return context.Fail(to.Position, "what takes the place cannot hold control characters");
        }

        TemplateType.Any.TryReadWord(from, context, out var fromText);
        TemplateType.Any.TryReadWord(to, context, out var toText);
        lines.Add(new TextRuleConfig(fromText, toText));
        return from.Text[0] != '~' || TryReadPattern(fromText, from, context);
    }

    /// <summary>Reads the expression of a word that starts with a tilde.</summary>
    public static bool TryReadPattern(ConfigText text, Word word, BindContext context)
    {
        var start = text.Value.StartsWith("~*", StringComparison.Ordinal) ? 2 : 1;
        var well = ConfigRegex.TryCreate(text.Value[start..], ignoreCase: true, out _, out var error, out _);
        context.State.Patterns.Add(new PatternText(context.Subject, text.From(start), IsBroken: !well));
        return well || context.Fail(word.From(start).Position, error!);
    }
}
