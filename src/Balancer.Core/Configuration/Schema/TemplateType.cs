using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A text with variables, which are checked when it is compiled.</summary>
internal sealed class TemplateType : WordType<ConfigText>
{
    /// <summary>Any text.</summary>
    public static TemplateType Any { get; } = new("a text, which may hold variables", static text => true);

    /// <summary>A text that is not empty.</summary>
    public static TemplateType NotEmpty { get; } = new("a text that is not empty and may hold variables", static text => text.Length > 0);

    /// <summary>A request method, as they are taken from clients: CONNECT and TRACE are nothing to pass requests with.</summary>
    public static TemplateType Method { get; } = new(
        "a request method such as \"POST\", which may hold variables", static text => text.Contains('$', StringComparison.Ordinal) || (text.Length <= 32 && FieldSyntax.IsName(text) && text is not ("CONNECT" or "TRACE")));

    private readonly Func<string, bool> _isValid;

    private TemplateType(string expected, Func<string, bool> isValid)
    {
        Expected = expected;
        _isValid = isValid;
    }

    public override string Name => "text with variables";

    public override string Expected { get; }

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        // A quote of the phrase itself is not part of the text.
        var quoted = word.Index < word.Source.Value.Length && word.Source.Value[word.Index] is '"' or '\'' && !word.Text.StartsWith(word.Source.Value[word.Index]);
        result = context.Text(word.Source, quoted ? word.Index + 1 : word.Index, word.Text);
        return _isValid(word.Text) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(ConfigText value) => value.Written;
}
