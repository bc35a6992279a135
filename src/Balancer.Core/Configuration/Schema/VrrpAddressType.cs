using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A virtual address as keepalived writes it: <c>10.0.1.100/24 dev eth0 label eth0:1</c>.</summary>
internal sealed class VrrpAddressType : ValueType<VrrpAddressConfig>
{
    private const int LongestName = 15;

    public override string Name => "phrase";

    public override string Expected => "an address such as \"10.0.1.100/24\" or \"10.0.1.100/24 dev eth0 label eth0:1\"";

    public override JsonObject Shape => JsonShape.Text;

    /// <summary>Whether a text can be the name of a network interface: up to 15 characters without slash and blank.</summary>
    public static bool IsInterface(string text) => text.Length is > 0 and <= LongestName && text is not "." and not ".." && text.All(static c => c is > ' ' and < '\x7f' and not '/' and not ':');

    public override bool TryRead(TomlValue value, BindContext context, out VrrpAddressConfig result)
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

        if (words.Count % 2 == 0)
        {
            return context.FailExpected(value, Expected);
        }

        if (!TryReadWord(words[0], context, out result))
        {
            return false;
        }

        for (var i = 1; i < words.Count; i += 2)
        {
            var name = words[i + 1].Text;
            switch (words[i].Text)
            {
                case "dev" when result.Device is null:
                    result = result with { Device = name };
                    if (!IsInterface(name))
                    {
                        return context.FailExpected(words[i + 1], "the name of an interface, up to 15 characters");
                    }

                    break;
                case "label" when result.Label is null:
                    result = result with { Label = name };
                    if (name.Length > LongestName || result.Address.AddressFamily != AddressFamily.InterNetwork)
                    {
                        return context.FailExpected(words[i + 1], "a label of up to 15 characters, for an IPv4 address");
                    }

                    break;
                default:
                    return context.FailExpected(words[i], "dev or label, each once");
            }
        }

        return true;
    }

    public override bool TryReadWord(Word word, BindContext context, out VrrpAddressConfig result)
    {
        result = null!;
        var slash = word.Text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddressType.TryParse(slash < 0 ? word.Text : word.Text[..slash], out var address))
        {
            return context.FailExpected(word, Expected);
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(word.Text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length < 1 || length > bits))
        {
            return context.FailExpected(word, $"a prefix length from 1 to {bits} after the slash");
        }

        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || IsMulticast(address))
        {
            return context.FailExpected(word, "an address that a host can have on a network");
        }

        result = new VrrpAddressConfig(address, length, null, null);
        return true;
    }

    public override string Write(VrrpAddressConfig value) =>
        TomlFormat.Quote($"{value.Address}/{value.PrefixLength}{(value.Device is null ? "" : $" dev {value.Device}")}{(value.Label is null ? "" : $" label {value.Label}")}");

    private static bool IsMulticast(IPAddress address) => address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);
}
