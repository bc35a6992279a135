using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The version of the PROXY protocol sent upstream: a boolean (version 1), or 1 or 2; 0 is off.</summary>
internal sealed class ProxyProtocolType : ValueType<int>
{
    public override string Name => "boolean or version";

    public override string Expected => "true for version 1, false, or the version 1 or 2";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, JsonShape.Number(1, 2));

    public override bool TryRead(TomlValue value, BindContext context, out int result)
    {
        (var well, result) = value switch
        {
            TomlBoolean boolean => (true, boolean.Value ? 1 : 0),
            TomlInteger { Value: 1 or 2 } version => (true, (int)version.Value),
            _ => (context.FailExpected(value, Expected), 0),
        };
        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out int result)
    {
        result = 0;
        return context.FailExpected(word, Expected);
    }

    public override string Write(int value) => value switch { 0 => "false", 1 => "1", _ => "2" };
}
