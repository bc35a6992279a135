using System.Net;
using System.Net.Sockets;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One entry of <c>set_real_ip_from</c> and its like: an address, a network in CIDR form, or <c>unix:</c>.</summary>
/// <param name="expected">What messages say was expected.</param>
internal sealed class TrustedAddressType(string expected = "an IP address, a network such as \"10.0.0.0/8\", or \"unix:\"") : WordType<TrustedAddressConfig>
{
    private const string Unix = "unix:";

    public override string Name => "address or network";

    public override string Expected => expected;

    public override bool TryReadWord(Word word, BindContext context, out TrustedAddressConfig result)
    {
        result = new TrustedAddressConfig(null);
        if (word.Text == Unix)
        {
            return true;
        }

        var slash = word.Text.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? word.Text.AsSpan() : word.Text.AsSpan(0, slash);
        if (!HostName.TryParseIPv4(text, out var address) && !HostName.TryParseIPv6(text, out address))
        {
            return context.FailExpected(word, Expected);
        }

        var greatest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = greatest;
        if (slash >= 0 && (!HostName.TryParsePort(word.Text.AsSpan(slash + 1), 0, out length) || length > greatest))
        {
            return context.Fail(word.Source.PositionOf(word.Index + slash), $"found the prefix length '{word.Text[(slash + 1)..]}', expected 0 to {greatest}");
        }

        var network = Mask(address, length);
        if (!network.Equals(address))
        {
            return context.Fail(word.Position, $"found '{word.Text}', whose address has bits beyond its prefix, did you mean '{network}/{length}'?");
        }

        result = new TrustedAddressConfig(new IPNetwork(address, length));
        return true;
    }

    public override string WriteWord(TrustedAddressConfig value) => value.Network?.ToString() ?? Unix;

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
