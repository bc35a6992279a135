using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Texts by the variable that gets them: a table, or nginx's <c>$name value</c> in a string, or an array of these.</summary>
internal sealed class VariablesType() : TextsByNameType(StringComparer.OrdinalIgnoreCase, "a text, which may hold variables")
{
    public override string Name => "table of texts with variables";

    public override string Expected => "a table such as { user = \"$upstream_http_x_user\" }, or a string such as \"$user $upstream_http_x_user\", or an array of these";

    protected override bool TryReadLine(TomlString line, List<Word> words, BindContext context, Dictionary<string, ConfigText> texts) =>
        words.Count == 2 && words[0].Text.StartsWith('$')
            ? TryAdd(words[0].Text[1..], words[0].Position, words[1], context, texts)
            : context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a variable and one value; put a value with blanks in quotes: '$name \"two words\"'");

    protected override bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> texts)
    {
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') || name is [>= '1' and <= '9'])
        {
            return context.Fail(position, $"found {BindContext.Show(name)}, expected the name of a variable: letters, digits and '_'");
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return texts.TryAdd(name, text) || context.Fail(position, $"'{name}' is given twice");
    }
}
