using System.Net;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>An IP address.</summary>
internal sealed class IpAddressType : WordType<IPAddress>
{
    public static IpAddressType Instance { get; } = new();

    public override string Name => "address";

    public override string Expected => "an IP address such as \"10.0.1.10\" or \"2001:db8::1\"";

    public override bool TryReadWord(Word word, BindContext context, out IPAddress result) => TryParse(word.Text, out result) || context.FailExpected(word, Expected);

    public override string WriteWord(IPAddress value) => value.ToString();

    /// <summary>Reads an address strictly: four decimal numbers, or IPv6 without zone and brackets.</summary>
    public static bool TryParse(string text, out IPAddress address)
    {
        if (HostName.TryParseIPv4(text, out var parsed) || HostName.TryParseIPv6(text, out parsed))
        {
            address = parsed;
            return true;
        }

        address = IPAddress.None;
        return false;
    }
}
