using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One entry of <c>allow_origin</c>: an origin, one with <c>*.</c> before its host, <c>~regex</c>, <c>null</c> or <c>*</c>.</summary>
internal sealed class OriginType : WordType<ConfigText>
{
    private const string Any = "*";
    private const string Null = "null";
    private const string Below = "://*.";

    /// <summary>The one there is.</summary>
    public static OriginType Instance { get; } = new();

    public override string Name => "origin";

    public override string Expected => "an origin such as \"https://app.example.com\", \"https://*.example.com\" or \"~^https://[a-z]+\\\\.example\\\\.com$\", or \"null\", or \"*\"";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        result = context.Text(word.Source, word.Index, word.Text);
        var text = word.Text;
        if (text is Any or Null)
        {
            return true;
        }

        if (text.StartsWith('~'))
        {
            return TryReadPattern(word, context);
        }

        var origin = text.Replace(Below, "://", StringComparison.Ordinal);
        if (text.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0 && text.IndexOf('/', scheme + 3) is var path and >= 0)
        {
            return context.Fail(word.From(path).Position, $"an origin has no path: remove '{text[path..]}'");
        }

        return OriginSyntax.TryNormalize(origin, out _) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(ConfigText value) => value.Value;

    private static bool TryReadPattern(Word word, BindContext context)
    {
        var pattern = word.Text[1..];
        var position = word.From(1).Position;
        var well = ConfigRegex.TryCreate(pattern, ignoreCase: true, out var regex, out var error, out var index);
        var isNamed = regex?.GetGroupNames().Any(static name => !char.IsAsciiDigit(name[0])) ?? false;
        context.State.Patterns.Add(new PatternText(context.Subject, context.Text(word.Source, word.Index + 1, pattern), IsBroken: !well || isNamed));
        if (!well)
        {
            return context.Fail(position with { Column = position.Column + index }, error!);
        }

        if (isNamed)
        {
            return context.Fail(position, "an expression for origins makes no variables, expected groups without names, such as (?:a|b); a 'map' of $http_origin can have names");
        }

        // One that is found anywhere lets https://app.example.com.evil.test in.
        return (pattern.StartsWith('^') && pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) && ConfigRegex.TryCreate(OriginSyntax.Whole(pattern), ignoreCase: true, out _, out _, out _))
            || context.Fail(position, "an expression for origins must fit all of them, expected one that starts with '^' and ends with '$'");
    }
}
