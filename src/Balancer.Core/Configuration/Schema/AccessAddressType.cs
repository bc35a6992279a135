using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Whom a rule of <c>allow</c> or <c>deny</c> is about.</summary>
/// <param name="allows">Which of the two.</param>
internal sealed class AccessAddressType(bool allows) : WordType<AccessRuleConfig>
{
    private static readonly TrustedAddressType s_address = new("an IP address, a network such as \"10.0.0.0/8\", \"unix:\" or \"all\"");

    public override string Name => s_address.Name;

    public override string Expected => s_address.Expected;

    public override bool TryReadWord(Word word, BindContext context, out AccessRuleConfig result)
    {
        result = new AccessRuleConfig(allows, null);
        if (word.Text == AccessRuleConfig.All)
        {
            return true;
        }

        var well = s_address.TryReadWord(word, context, out var address);
        result = new AccessRuleConfig(allows, address);
        return well;
    }

    public override string WriteWord(AccessRuleConfig value) => value.Address is null ? AccessRuleConfig.All : s_address.WriteWord(value.Address);
}
