using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Access;

/// <summary>
/// The rules of <c>allow</c> and <c>deny</c> (nginx ngx_http_access_module): in the order written the first one that fits the client decides.
/// Immutable; a look-up is one binary search and allocates nothing.
/// </summary>
internal sealed class AddressRules
{
    private readonly AddressRule[] _rules;
    private readonly IpRangeIndex _index;
    private readonly int _unix;

    /// <summary>Compiles the rules.</summary>
    public AddressRules(IReadOnlyList<AccessRuleConfig> rules)
    {
        _rules = [.. rules.Select(static rule => new AddressRule(rule.Allows, rule.ToString()))];
        _unix = -1;
        var ranges = new List<(IpRange, int)>();
        for (var i = 0; i < rules.Count; i++)
        {
            var address = rules[i].Address;
            if (address is null)
            {
                ranges.Add((IpRange.AllIPv4, i));
                ranges.Add((IpRange.AllIPv6, i));
            }
            else if (address.Network is { } network)
            {
                ranges.Add((IpRange.Of(network), i));
            }

            if (_unix < 0 && address is not { Network: not null })
            {
                _unix = i;
            }
        }

        _index = new IpRangeIndex(ranges);
    }

    /// <summary>The rule that decides about a client; null when none fits, which lets it in.</summary>
    public AddressRule? Find(ClientAddress client)
    {
        var found = client.Address is null ? _unix : _index.Find(client.Binary);
        return found < 0 ? null : _rules[found];
    }
}
