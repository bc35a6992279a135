using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Infrastructure;

/// <summary>The addresses from one to another, both included, of one family. IPv4 addresses stand in the last 32 bits.</summary>
/// <param name="IsIPv4">The family.</param>
/// <param name="First">The least.</param>
/// <param name="Last">The greatest.</param>
internal readonly record struct IpRange(bool IsIPv4, UInt128 First, UInt128 Last)
{
    /// <summary>Every IPv4 address.</summary>
    public static IpRange AllIPv4 { get; } = new(true, UInt128.Zero, uint.MaxValue);

    /// <summary>Every IPv6 address.</summary>
    public static IpRange AllIPv6 { get; } = new(false, UInt128.Zero, UInt128.MaxValue);

    /// <summary>The addresses of a network. An IPv4-mapped IPv6 network of at least 96 bits stands for the IPv4 one.</summary>
    public static IpRange Of(IPNetwork network) => Of(network.BaseAddress, network.PrefixLength).WithoutMapping();

    /// <summary>The addresses that share a prefix with one; mapped ones stay what they are.</summary>
    public static IpRange Of(IPAddress address, int prefixLength)
    {
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        var all = isIPv4 ? uint.MaxValue : UInt128.MaxValue;
        var hosts = prefixLength == (isIPv4 ? 32 : 128) ? UInt128.Zero : all >> prefixLength;
        var first = Number(address) & ~hosts & all;
        return new IpRange(isIPv4, first, first | hosts);
    }

    /// <summary>The same addresses, those that are IPv4-mapped (::ffff:0:0/96) as what they map.</summary>
    public IpRange WithoutMapping() => !IsIPv4 && First >> 32 == 0xFFFF && Last >> 32 == 0xFFFF ? new IpRange(true, First & uint.MaxValue, Last & uint.MaxValue) : this;

    /// <summary>The number an address is.</summary>
    public static UInt128 Number(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
