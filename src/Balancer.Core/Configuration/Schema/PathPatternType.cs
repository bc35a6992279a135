using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A regular expression, written as for PCRE.</summary>
internal sealed class PathPatternType : WordType<ConfigText>
{
    /// <summary>The one there is.</summary>
    public static PathPatternType Instance { get; } = new();

    public override string Name => "regular expression";

    public override string Expected => "a regular expression such as '^/old/(.*)$'";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        TemplateType.Any.TryReadWord(word, context, out result);
        if (word.Text.Length == 0)
        {
            return context.FailExpected(word, Expected);
        }

        var well = ConfigRegex.TryCreate(word.Text, ignoreCase: false, out _, out var error, out var index);
        context.State.Patterns.Add(new PatternText(context.Subject, result, IsBroken: !well));
        return well || context.Fail(word.Position with { Column = word.Position.Column + index }, error!);
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
