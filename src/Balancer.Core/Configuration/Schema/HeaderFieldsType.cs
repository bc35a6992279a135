using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Header fields by name: a table, or nginx's <c>Name value</c> in a string, or an array of these.</summary>
/// <param name="takesAlways">Whether the word <c>always</c> may end the line, as in add_header; it is how balancerd works anyway.</param>
internal sealed class HeaderFieldsType(bool takesAlways) : TextsByNameType(StringComparer.OrdinalIgnoreCase, "a text, which may hold variables")
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Transfer-Encoding", "Content-Length", "TE", "Trailer", "Expect", "HTTP2-Settings",
    };

    public override string Name => "table of texts with variables";

    public override string Expected => "a table such as { X-Tenant = \"$http_x_tenant\" }, or a string such as \"X-Tenant $http_x_tenant\", or an array of these";

    protected override bool TryReadLine(TomlString line, List<Word> words, BindContext context, Dictionary<string, ConfigText> texts)
    {
        var count = takesAlways && words.Count == 3 && words[2].Text == "always" ? 2 : words.Count;
        if (count == 2)
        {
            return TryAdd(words[0].Text, words[0].Position, words[1], context, texts);
        }

        return context.Fail(line.PositionOf(0), $"found {BindContext.Show(line.Value)}, expected a name and one value; put a value with blanks in quotes: 'Name \"two words\"'");
    }

    protected override bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> texts)
    {
        // Every nginx file with upstream keepalive empties Connection, and each that passes no body on Content-Length; here it is so anyway.
        var isNeedless = value.Text.Length == 0 && !takesAlways && (name.Equals("Connection", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase));
        if (!isNeedless && !IsAllowed(name, position, value, context))
        {
            return false;
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return texts.TryAdd(name, text) || context.Fail(position, $"'{name}' is given twice");
    }

    /// <summary>Whether it is the name of a field that may be set, and its value holds no control characters; tells what is wrong otherwise.</summary>
    public static bool IsAllowed(string name, TomlPosition position, Word value, BindContext context)
    {
        if (!FieldSyntax.IsName(name))
        {
            return context.Fail(position, $"found {BindContext.Show(name)}, expected {TextType.FieldName.Expected}");
        }

        if (Reserved.Contains(name))
        {
            return context.Fail(position, $"'{name}' is set by balancerd itself, as the connection on either side needs it: remove this line");
        }

        var forbidden = FieldSyntax.IndexOfForbidden(value.Text);
        return forbidden < 0 || context.Fail(value.Source.PositionOf(value.Index + forbidden), $"the value of '{name}' holds the control character U+{(int)value.Text[forbidden]:X4}");
    }
}
