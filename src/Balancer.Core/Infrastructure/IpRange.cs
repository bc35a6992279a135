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
    public static IpRange Of(IPNetwork network)
    {
        var mapped = network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96;
        var address = mapped ? network.BaseAddress.MapToIPv4() : network.BaseAddress;
        var bits = mapped ? network.PrefixLength - 96 : network.PrefixLength;
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        var width = isIPv4 ? 32 : 128;
        var all = isIPv4 ? uint.MaxValue : UInt128.MaxValue;
        var hosts = bits == width ? UInt128.Zero : all >> bits;
        var first = Number(address) & ~hosts & all;
        return new IpRange(isIPv4, first, first | hosts);
    }

    /// <summary>The number an address is.</summary>
    public static UInt128 Number(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
