using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Texts by a name of telemetry: a table, or <c>name value</c> in a string, or an array of these.</summary>
/// <param name="exampleName">A name for messages.</param>
/// <param name="isName">Whether a text is a name.</param>
/// <param name="expectedName">What messages say was expected of a name.</param>
/// <param name="takesVariables">Whether texts may hold variables; they are checked when they are compiled.</param>
internal sealed class AttributesType(string exampleName, Func<string, bool> isName, string expectedName, bool takesVariables = false)
    : TextsByNameType(StringComparer.Ordinal, takesVariables ? "a text, which may hold variables" : "a text")
{
    /// <summary>Attributes of spans.</summary>
    public static AttributesType OfSpans { get; } = new("tenant.id", IsAttribute, ExpectedAttribute, takesVariables: true);

    /// <summary>Attributes of the process.</summary>
    public static AttributesType OfResource { get; } = new("deployment.environment.name", IsAttribute, ExpectedAttribute);

    private const string ExpectedAttribute = "the name of an attribute: letters, digits, '.', '_' and '-'";

    public override string Name => takesVariables ? "table of texts with variables" : "table of texts";

    public override string Expected => $"a table such as {{ {TomlFormat.Key(exampleName)} = \"text\" }}, or a string such as \"{exampleName} text\", or an array of these";

    protected override bool TryReadLine(TomlString line, List<Word> words, BindContext context, Dictionary<string, ConfigText> texts) => words.Count == 2
        ? TryAdd(words[0].Text, words[0].Position, words[1], context, texts)
        : context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a name and one value; put a value with blanks in quotes: '{exampleName} \"two words\"'");

    protected override bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> texts)
    {
        if (!isName(name))
        {
            return context.Fail(position, $"found {BindContext.Show(name)}, expected {expectedName}");
        }

        var forbidden = FieldSyntax.IndexOfForbidden(value.Text);
        if (forbidden >= 0)
        {
            return context.Fail(value.Source.PositionOf(value.Index + forbidden), $"the value of '{name}' holds the control character U+{(int)value.Text[forbidden]:X4}");
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return texts.TryAdd(name, text) || context.Fail(position, $"'{name}' is given twice");
    }

    private static bool IsAttribute(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
