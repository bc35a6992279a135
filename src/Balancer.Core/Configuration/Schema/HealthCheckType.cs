using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>health_check</c>: true, false, or a phrase with its parts.</summary>
internal sealed class HealthCheckType : ValueType<HealthCheckConfig>
{
    public static HealthCheckType Instance { get; } = new();

    public override string Name => "boolean, phrase or table";

    public override string Expected => HealthCheckLevel.Phrase.Expected;

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, HealthCheckLevel.Phrase.Shape);

    public override bool TryRead(TomlValue value, BindContext context, out HealthCheckConfig result)
    {
        if (value is TomlBoolean boolean)
        {
            result = new HealthCheckConfig { Location = context.At(value.Position), IsOn = boolean.Value };
            return true;
        }

        return HealthCheckLevel.Phrase.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out HealthCheckConfig result) => HealthCheckLevel.Phrase.TryReadWord(word, context, out result);

    public override string Write(HealthCheckConfig value) =>
        !value.IsOn ? "false" : value == new HealthCheckConfig { Location = value.Location } ? "true" : HealthCheckLevel.Phrase.Write(value);
}
