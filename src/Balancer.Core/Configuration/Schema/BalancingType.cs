using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A balancing method: a switch, a phrase, or either.</summary>
/// <param name="whenTrue">What <c>true</c> means; null when it is no switch.</param>
/// <param name="phrase">The phrase; null when it is a switch only.</param>
internal sealed class BalancingType(BalancingConfig? whenTrue, PhraseType<BalancingConfig>? phrase) : ValueType<BalancingConfig>
{
    public override string Name => (whenTrue, phrase) switch { (null, _) => phrase!.Name, (_, null) => "boolean", _ => $"boolean, {phrase.Name}" };

    public override string Expected => (whenTrue, phrase) switch { (null, _) => phrase!.Expected, (_, null) => "true or false", _ => $"true or {phrase.Expected}" };

    public override JsonObject Shape => JsonShape.AnyOf(((JsonObject?[])[whenTrue is null ? null : JsonShape.Switch, phrase?.Shape]).OfType<JsonObject>());

    public override bool TryRead(TomlValue value, BindContext context, out BalancingConfig result)
    {
        result = new BalancingConfig();
        if (value is TomlBoolean boolean && whenTrue is not null)
        {
            result = boolean.Value ? whenTrue : result;
            return true;
        }

        if (phrase is null)
        {
            return BooleanType.Fail(value, context);
        }

        return value is TomlBoolean ? context.FailExpected(value, Expected) : phrase.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out BalancingConfig result)
    {
        result = new BalancingConfig();
        return context.FailExpected(word, Expected);
    }

    public override string Write(BalancingConfig value) => value == whenTrue ? "true" : phrase!.Write(value);
}
