using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A text that a check may narrow down.</summary>
/// <param name="name">Short name for tables.</param>
/// <param name="expected">What messages say was expected.</param>
/// <param name="isValid">Whether a text is one.</param>
internal sealed class TextType(string name, string expected, Func<string, bool> isValid) : WordType<string>
{
    /// <summary>A text that is not empty and has no control characters.</summary>
    public static TextType Line { get; } = new("text", "a text that is not empty and stands on one line", static text => text.Length > 0 && !HasControls(text));

    /// <summary>The path of a file.</summary>
    public static TextType Path { get; } = new("path", "a path", static text => text.Length > 0 && !HasControls(text));

    /// <summary>A field name of RFC 9110 section 5.1.</summary>
    public static TextType FieldName { get; } = new("field name", "the name of a header field: letters, digits and !#$%&'*+-.^_`|~", FieldSyntax.IsName);

    public override string Name => name;

    public override string Expected => expected;

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        result = word.Text;
        return isValid(result) || context.FailExpected(word, expected);
    }

    public override string WriteWord(string value) => value;

    private static bool HasControls(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
