using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Routing.Maps;

/// <summary>Compiles a <c>[geo.NAME]</c>.</summary>
internal sealed class GeoCompiler(GeoConfig config, VariableScope scope, ICollection<ConfigError> errors)
{
    /// <summary>Compiles it; with faults, which are added to the errors, the result must not be used.</summary>
    /// <param name="uses">The variables its texts refer to.</param>
    public GeoTable Compile(out IEnumerable<string> uses)
    {
        var address = config.Address is { } text ? TextTemplate.Compile(text, scope, errors) : null;
        uses = address?.VariableNames ?? [];
        var ranges = new Dictionary<IpRange, int>();
        var values = new List<byte[]>();
        foreach (var (key, value) in config.Values)
        {
            if (!TryParse(key.Value, out var range))
            {
                Fail(key, $"found '{key.Value}', expected an address, a network such as '10.0.0.0/8' without bits beyond its prefix, or a range such as '10.0.0.1-10.0.0.9'");
            }
            else if (!ranges.TryAdd(range, values.Count))
            {
                Fail(key, $"'{key.Value}' is given twice");
            }

            values.Add(Literal(value));
        }

        // The smallest range decides: of networks the one with the longest prefix.
        var index = new IpRangeIndex([.. ranges.OrderBy(static pair => pair.Key.Last - pair.Key.First).ThenBy(static pair => pair.Value).Select(static pair => (pair.Key, pair.Value))]);
        return new GeoTable(address, index, [.. values], config.Default is { } fallback ? Literal(fallback) : []);
    }

    private static bool TryParse(string text, out IpRange range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
        {
            return TryParseAddress(text[..dash], out var first) && TryParseAddress(text[(dash + 1)..], out var last)
                && first.AddressFamily == last.AddressFamily
                && TryMake(first, last, out range);
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var length = address.GetAddressBytes().Length * 8;
        var prefix = length;
        if (slash >= 0 && (!HostName.TryParsePort(text.AsSpan(slash + 1), 0, out prefix) || prefix > length))
        {
            return false;
        }

        var network = IpRange.Of(address, prefix);
        range = network.WithoutMapping();
        return network.First == IpRange.Number(address);
    }

    private static bool TryMake(IPAddress first, IPAddress last, out IpRange range)
    {
        var isIPv4 = first.GetAddressBytes().Length == 4;
        range = new IpRange(isIPv4, IpRange.Number(first), IpRange.Number(last)).WithoutMapping();
        return range.First <= range.Last;
    }

    private static bool TryParseAddress(string text, out IPAddress address) => HostName.TryParseIPv4(text, out address!) || HostName.TryParseIPv6(text, out address!);

    private byte[] Literal(ConfigText value)
    {
        if (value.Value.Contains('$', StringComparison.Ordinal))
        {
            Fail(value, $"found '{value.Value}', expected a text without variables, as in nginx; a map of ${config.Name} can give one");
        }

        return Encoding.UTF8.GetBytes(value.Value);
    }

    private void Fail(ConfigText place, string message) => errors.Add(new ConfigError(place.Location, $"geo {config.Name}: {message}"));
}
