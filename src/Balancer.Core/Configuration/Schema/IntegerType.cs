using System.Globalization;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A whole number within a range.</summary>
internal sealed class IntegerType(int least, int greatest) : ValueType<int>
{
    /// <summary>0 to 2147483647.</summary>
    public static IntegerType FromZero { get; } = new(0, int.MaxValue);

    /// <summary>1 to 2147483647.</summary>
    public static IntegerType FromOne { get; } = new(1, int.MaxValue);

    public override string Name => "integer";

    public override string Expected { get; } = greatest == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {greatest}";

    public override JsonObject Shape => JsonShape.Integer(least, greatest);

    public override bool TryRead(TomlValue value, BindContext context, out int result)
    {
        result = 0;
        if (value is TomlInteger integer && integer.Value >= least && integer.Value <= greatest)
        {
            result = (int)integer.Value;
            return true;
        }

        if (value is TomlString { Inserts.Count: > 0 } inserted)
        {
            return TryReadWord(Word.Whole(inserted), context, out result);
        }

        return value is TomlString text && int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? context.Fail(value.Position, $"found '{text.Value}', expected {Expected} without quotes")
            : context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out int result) =>
        (int.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out result) && result >= least && result <= greatest) || context.FailExpected(word, Expected);

    public override string Write(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override string WriteWord(int value) => Write(value);
}
