using System.Globalization;

namespace Balancer.Failover.Linux;

/// <summary>The six bytes of an Ethernet address. The default value is the one of an interface that has none, such as lo.</summary>
internal readonly record struct MacAddress
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 6;

    private const ulong VirtualRouterIpv4 = 0x00_00_5E_00_01_00;
    private const ulong VirtualRouterIpv6 = 0x00_00_5E_00_02_00;

    private readonly ulong _value;

    private MacAddress(ulong value) => _value = value;

    /// <summary>Everybody on the segment.</summary>
    public static MacAddress Broadcast => new(0xFF_FF_FF_FF_FF_FF);

    /// <summary>The address of a virtual router (RFC 9568, section 7.3): 00:00:5e:00:01:ID, or 00:00:5e:00:02:ID for IPv6.</summary>
    public static MacAddress OfVirtualRouter(byte id, bool ipv6) => new((ipv6 ? VirtualRouterIpv6 : VirtualRouterIpv4) | id);

    /// <summary>The address of six bytes.</summary>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (var octet in bytes[..Length])
        {
            value = (value << 8) | octet;
        }

        return new MacAddress(value);
    }

    /// <summary>Reads six bytes as two hexadecimal digits each, between colons.</summary>
    public static bool TryParse(string text, out MacAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Length];
        var parts = text.Split(':');
        if (parts.Length != Length)
        {
            return false;
        }

        for (var i = 0; i < Length; i++)
        {
            if (parts[i].Length != 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        address = FromBytes(bytes);
        return true;
    }

    /// <summary>Writes the six bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (var i = 0; i < Length; i++)
        {
            destination[i] = (byte)(_value >> (8 * (Length - 1 - i)));
        }
    }

    /// <summary>The usual text form, as in "00:00:5e:00:01:33".</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}");
    }
}
