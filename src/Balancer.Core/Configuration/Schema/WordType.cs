using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A value that is one text, the same in TOML and in a phrase.</summary>
internal abstract class WordType<T> : ValueType<T>
{
    public override JsonObject Shape => JsonShape.Text;

    public override bool TryRead(TomlValue value, BindContext context, out T result)
    {
        if (value is TomlString text)
        {
            return TryReadWord(Word.Whole(text), context, out result);
        }

        result = default!;
        return context.FailExpected(value, Expected);
    }

    public override string Write(T value) => TomlFormat.Quote(WriteWord(value) ?? "");
}
