using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A size: a text with a unit, or a number of bytes.</summary>
internal sealed class SizeType(long least, long greatest) : ValueType<long>
{
    public override string Name => "size";

    public override string Expected { get; } = greatest == long.MaxValue
        ? "a size such as \"8k\", \"10m\" or \"1g\", or a number of bytes"
        : $"a size from {ByteSize.Format(least)} to {ByteSize.Format(greatest)}, such as \"8k\", or a number of bytes";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Number(least, greatest), JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out long result)
    {
        result = 0;
        if (value is TomlString text)
        {
            return TryReadWord(Word.Whole(text), context, out result);
        }

        if (value is TomlInteger bytes && bytes.Value >= least && bytes.Value <= greatest)
        {
            result = bytes.Value;
            return true;
        }

        return context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out long result) =>
        (ByteSize.TryParse(word.Text, out result) && result >= least && result <= greatest) || context.FailExpected(word, Expected);

    public override string Write(long value) => value == 0 ? "0" : TomlFormat.Quote(ByteSize.Format(value));

    public override string WriteWord(long value) => ByteSize.Format(value);
}
