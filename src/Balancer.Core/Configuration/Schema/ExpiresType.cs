using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>expires</c>: a time or word, perhaps behind <c>modified</c>, a number of seconds, or false.</summary>
internal sealed class ExpiresType : ValueType<ExpiresConfig>
{
    private const string Modified = "modified";

    /// <summary>The one there is.</summary>
    public static ExpiresType Instance { get; } = new();

    public override string Name => "text with variables";

    public override string Expected => ExpiresValue.Expected;

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Off, JsonShape.Number(-(long)Duration.Longest.TotalSeconds, (long)Duration.Longest.TotalSeconds), JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out ExpiresConfig result)
    {
        var source = context.At(value.Position);
        result = new ExpiresConfig(false, new ConfigText("off", source));
        switch (value)
        {
            case TomlBoolean { Value: false }:
                return true;
            case TomlInteger seconds:
                result = new ExpiresConfig(false, new ConfigText($"{seconds.Value}", source));
                return ExpiresValue.TryParse(result.Time.Value, false, out _) || context.FailExpected(value, Expected);
            case TomlString text:
                return TryReadLine(text, context, ref result);
            default:
                return context.FailExpected(value, Expected);
        }
    }

    public override bool TryReadWord(Word word, BindContext context, out ExpiresConfig result)
    {
        result = new ExpiresConfig(false, context.Text(word.Source, word.Index, word.Text));
        return context.FailExpected(word, Expected);
    }

    public override string Write(ExpiresConfig value) => TomlFormat.Quote(value.IsModified ? $"{Modified} {value.Time.Written}" : value.Time.Written);

    private bool TryReadLine(TomlString line, BindContext context, ref ExpiresConfig result)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        var isModified = words is [{ Text: Modified }, _];
        if (words.Count != (isModified ? 2 : 1))
        {
            return context.FailExpected(line, Expected);
        }

        var time = words[^1];
        TemplateType.Any.TryReadWord(time, context, out var text);
        result = new ExpiresConfig(isModified, text);
        return time.Text.Contains('$', StringComparison.Ordinal) || ExpiresValue.TryParse(time.Text, isModified, out _) || context.FailExpected(time, Expected);
    }
}
