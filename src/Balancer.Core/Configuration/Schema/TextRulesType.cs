using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Lines of what is replaced by what: <c>"from to"</c>, several in an array, or <c>"off"</c>, which is an empty list.</summary>
/// <param name="allowsDefault">Whether the word <c>default</c> may stand for a line.</param>
internal sealed class TextRulesType(bool allowsDefault) : ValueType<IReadOnlyList<TextRuleConfig>>
{
    public override string Name => "phrase, or an array of them";

    public override string Expected => $"\"off\", {(allowsDefault ? "\"default\", " : "")}a line of two words such as \"from to\" or \"~^regex$ to\", or an array of such";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Off, JsonShape.Text, JsonShape.ListOf(JsonShape.Text));

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<TextRuleConfig> result)
    {
        var rules = new List<TextRuleConfig>();
        result = rules;
        switch (value)
        {
            case TomlBoolean { Value: false } or TomlString { Value: "off" }:
                return true;
            case TomlString line:
                return TryReadLine(line, context, rules);
            case TomlArray { Items.Count: > 0 } array:
                var well = true;
                foreach (var item in array.Items)
                {
                    well &= item is TomlString one ? TryReadLine(one, context, rules) : context.FailExpected(item, Expected);
                }

                return well;
            default:
                return context.FailExpected(value, Expected);
        }
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<TextRuleConfig> result)
    {
        result = [];
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyList<TextRuleConfig> value) =>
        value.Count == 0 ? "\"off\"" : $"[{string.Join(", ", value.Select(static rule => TomlFormat.Quote(rule.IsDefault ? TextRuleConfig.Default : $"{Phrase.WriteWord(rule.From.Written)} {Phrase.WriteWord(rule.To.Written)}")))}]";

    private bool TryReadLine(TomlString line, BindContext context, List<TextRuleConfig> rules)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        if (allowsDefault && words is [{ Text: TextRuleConfig.Default }])
        {
            var source = context.At(line.PositionOf(0));
            rules.Add(new TextRuleConfig(new ConfigText(TextRuleConfig.Default, source), new ConfigText("", source)));
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
        rules.Add(new TextRuleConfig(fromText, toText));
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
