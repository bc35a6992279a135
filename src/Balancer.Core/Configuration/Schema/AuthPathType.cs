using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The path of <c>auth_request</c>; empty for <c>off</c>.</summary>
internal sealed class AuthPathType : WordType<string>
{
    private const string Off = "off";

    public override string Name => "path";

    public override string Expected => "a path without query such as \"/auth\", or \"off\"";

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        result = word.Text == Off ? "" : word.Text;
        return result.Length == 0 ? word.Text == Off || context.FailExpected(word, Expected)
            : (result[0] == '/' && FieldSyntax.IndexOfForbidden(result) < 0 && !result.AsSpan().ContainsAny("?#$ ")) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(string value) => value.Length == 0 ? Off : value;
}
