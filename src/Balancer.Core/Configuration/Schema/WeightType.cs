using System.Globalization;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>What is added to a priority: -253 to 253.</summary>
internal sealed class WeightType : ValueType<int>
{
    /// <summary>The greatest difference between two priorities of gateways that do not own the addresses.</summary>
    public const int Greatest = 253;

    public static WeightType Instance { get; } = new();

    public override string Name => "integer";

    public override string Expected { get; } = $"a weight from -{Greatest} to {Greatest}";

    public override JsonObject Shape => JsonShape.Number(-Greatest, Greatest);

    public override bool TryRead(TomlValue value, BindContext context, out int result)
    {
        if (value is TomlInteger { Value: >= -Greatest and <= Greatest } weight)
        {
            result = (int)weight.Value;
            return true;
        }

        result = 0;
        return context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out int result) =>
        (int.TryParse(word.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out result) && Math.Abs((long)result) <= Greatest) || context.FailExpected(word, Expected);

    public override string Write(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override string WriteWord(int value) => Write(value);
}
