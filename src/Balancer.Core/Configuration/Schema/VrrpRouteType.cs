using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A virtual route as keepalived writes it: <c>192.0.2.0/24 via 10.0.1.254 dev eth0 src 10.0.1.100 metric 100 table 7</c>.</summary>
internal sealed class VrrpRouteType : ValueType<VrrpRouteConfig>
{
    private const string Default = "default";

    public override string Name => "phrase";

    public override string Expected => "a route such as \"192.0.2.0/24 via 10.0.1.254\" or \"default via 10.0.1.254 src 10.0.1.100 table 7\"";

    public override JsonObject Shape => JsonShape.Text;

    public override bool TryRead(TomlValue value, BindContext context, out VrrpRouteConfig result)
    {
        result = null!;
        if (value is not TomlString text)
        {
            return context.FailExpected(value, Expected);
        }

        if (!context.TrySplit(text, 0, out var words))
        {
            return false;
        }

        if (words.Count == 0)
        {
            return context.FailExpected(value, Expected);
        }

        if (!TryReadWord(words[0], context, out result))
        {
            return false;
        }

        for (var i = 1; i < words.Count; i += 2)
        {
            if (words[i].Text is not ("via" or "dev" or "src" or "metric" or "table") || IsRepeated(words, i))
            {
                return context.FailExpected(words[i], "via, dev, src, metric or table, each once");
            }

            if (i + 1 == words.Count)
            {
                return context.Fail(words[i].Position, $"found no value after '{words[i].Text}'");
            }

            if (!TryReadPart(words[i].Text, words[i + 1], context, ref result))
            {
                return false;
            }
        }

        return CheckFamilies(words, context, ref result);
    }

    public override bool TryReadWord(Word word, BindContext context, out VrrpRouteConfig result)
    {
        result = new VrrpRouteConfig(IPAddress.Any, 0);
        if (word.Text == Default)
        {
            return true;
        }

        var slash = word.Text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddressType.TryParse(slash < 0 ? word.Text : word.Text[..slash], out var address))
        {
            return context.FailExpected(word, Expected);
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(word.Text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return context.FailExpected(word, $"a prefix length from 0 to {bits} after the slash");
        }

        if (NetworkOf(address, length) is var network && !network.Equals(address))
        {
            return context.FailExpected(word, $"the first address of a network, such as {network}/{length}");
        }

        result = new VrrpRouteConfig(address, length);
        return true;
    }

    public override string Write(VrrpRouteConfig value) => TomlFormat.Quote(
        $"{value.Destination}/{value.PrefixLength}{Part("via", value.Gateway)}{Part("dev", value.Device)}{Part("src", value.Source)}{Part("metric", value.Metric)}{Part("table", value.Table)}");

    private static string Part(string name, object? value) => value is null ? "" : $" {name} {value}";

    private static bool IsRepeated(List<Word> words, int at)
    {
        for (var i = 1; i < at; i += 2)
        {
            if (words[i].Text == words[at].Text)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadPart(string name, Word word, BindContext context, ref VrrpRouteConfig route)
    {
        switch (name)
        {
            case "via":
                var well = IpAddressType.Instance.TryReadWord(word, context, out var gateway);
                route = route with { Gateway = gateway };
                return well;
            case "src":
                well = IpAddressType.Instance.TryReadWord(word, context, out var source);
                route = route with { Source = source };
                return well;
            case "dev":
                route = route with { Device = word.Text };
                return VrrpAddressType.IsInterface(word.Text) || context.FailExpected(word, "the name of an interface, up to 15 characters");
            case "metric":
                well = uint.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var metric);
                route = route with { Metric = metric };
                return well || context.FailExpected(word, $"a whole number from 0 to {uint.MaxValue}");
            default:
                well = uint.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var table) && table > 0;
                route = route with { Table = table };
                return well || context.FailExpected(word, $"the number of a table from 1 to {uint.MaxValue}; the main one is 254");
        }
    }

    /// <summary>The default route is of the family of its gateway or source, and of IPv4 when it has neither.</summary>
    private static bool CheckFamilies(List<Word> words, BindContext context, ref VrrpRouteConfig route)
    {
        if (words[0].Text == Default && (route.Gateway ?? route.Source) is { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            route = route with { Destination = IPAddress.IPv6Any };
        }

        for (var i = 2; i < words.Count; i += 2)
        {
            var address = words[i - 1].Text switch
            {
                "via" => route.Gateway,
                "src" => route.Source,
                _ => null,
            };
            if (address is not null && address.AddressFamily != route.Destination.AddressFamily)
            {
                return context.FailExpected(words[i], $"an address of the family of {(words[0].Text == Default ? "the others" : words[0].Text)}");
            }
        }

        return true;
    }

    private static IPAddress NetworkOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
