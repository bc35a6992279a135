using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>return</c>: a status with or without a text, or a bare URL, which is a 302.</summary>
internal sealed class ReturnType : ValueType<ReturnConfig>
{
    private const int Found = 302;

    public override string Name => ReturnLevel.Phrase.Name;

    public override string Expected => ReturnLevel.Phrase.Expected;

    public override JsonObject Shape => ReturnLevel.Phrase.Shape;

    public override bool TryRead(TomlValue value, BindContext context, out ReturnConfig result)
    {
        if (value is TomlString text && IsUrl(text.Value))
        {
            result = new ReturnConfig(Found, context.Text(text, 0, text.Value));
            return FieldSyntax.IndexOfForbidden(text.Value) < 0 || context.Fail(value.Position, "a URL cannot hold control characters");
        }

        if (value is TomlString { Value: [not (>= '0' and <= '9'), ..] })
        {
            result = new ReturnConfig(0, null);
            return context.FailExpected(value, Expected);
        }

        return ReturnLevel.Phrase.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out ReturnConfig result)
    {
        result = new ReturnConfig(0, null);
        return context.FailExpected(word, Expected);
    }

    public override string Write(ReturnConfig value) => ReturnLevel.Phrase.Write(value);

    private static bool IsUrl(string text) =>
        text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal) || text.StartsWith("$scheme", StringComparison.Ordinal);
}
