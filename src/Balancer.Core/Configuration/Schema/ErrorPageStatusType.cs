using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The status an <c>error_page</c> is answered with: a number, or <c>target</c> for that of the target.</summary>
internal sealed class ErrorPageStatusType : ValueType<int>
{
    /// <summary>Stands for the status of the target.</summary>
    public const string Target = "target";

    private static readonly IntegerType s_number = new(200, 599);

    /// <summary>The one there is.</summary>
    public static ErrorPageStatusType Instance { get; } = new();

    public override string Name => "integer or word";

    public override string Expected => $"a status from 200 to 599, or \"{Target}\"";

    public override JsonObject Shape => JsonShape.AnyOf(s_number.Shape, JsonShape.Words([Target]));

    public override bool TryRead(TomlValue value, BindContext context, out int result)
    {
        result = 0;
        return value switch
        {
            TomlString { Value: Target } => true,
            TomlInteger => s_number.TryRead(value, context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out int result) => s_number.TryReadWord(word, context, out result);

    public override string Write(int value) => value == 0 ? TomlFormat.Quote(Target) : s_number.Write(value);
}
