using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A rule as nginx writes it: <c>allow 10.0.0.0/8</c>, <c>deny all</c>.</summary>
internal sealed class AccessRuleType : WordType<AccessRuleConfig>
{
    private static readonly AccessAddressType s_allow = new(allows: true);
    private static readonly AccessAddressType s_deny = new(allows: false);

    public override string Name => "rule";

    public override string Expected => "a rule such as \"allow 10.0.0.0/8\" or \"deny all\"";

    public override bool TryReadWord(Word word, BindContext context, out AccessRuleConfig result)
    {
        result = new AccessRuleConfig(false, null);
        if (!context.TrySplit(word.Source, 0, out var words))
        {
            return false;
        }

        return words switch
        {
            [{ Text: "allow" }, var address] => s_allow.TryReadWord(address, context, out result),
            [{ Text: "deny" }, var address] => s_deny.TryReadWord(address, context, out result),
            _ => context.FailExpected(word, Expected),
        };
    }

    public override string WriteWord(AccessRuleConfig value) => $"{(value.Allows ? "allow" : "deny")} {s_allow.WriteWord(value)}";
}
