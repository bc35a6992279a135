using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>use_vmac</c>: true, false, or the name of the interface that is made.</summary>
internal sealed class VrrpVmacType : ValueType<VrrpVmacConfig>
{
    public override string Name => "boolean or text";

    public override string Expected => "true, false, or the name of an interface of up to 15 characters, such as \"vrrp.51\"";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out VrrpVmacConfig result)
    {
        result = new VrrpVmacConfig(value is TomlBoolean { Value: true }, null);
        return value switch
        {
            TomlBoolean => true,
            TomlString { Value: "on" or "off" or "true" or "false" or "yes" or "no" } => BooleanType.Fail(value, context),
            TomlString text => TryReadWord(Word.Whole(text), context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out VrrpVmacConfig result)
    {
        result = new VrrpVmacConfig(true, word.Text);
        return VrrpAddressType.IsInterface(word.Text) || context.FailExpected(word, Expected);
    }

    public override string Write(VrrpVmacConfig value) => !value.IsUsed ? "false" : value.Name is null ? "true" : TomlFormat.Quote(value.Name);
}
