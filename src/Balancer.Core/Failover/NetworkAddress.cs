using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Failover;

/// <summary>
/// An IPv4 or IPv6 address as a plain value. The order is that of RFC 9568, section 6.4.3: an unsigned integer in network byte order
/// (IPv4 before IPv6, which VRRP never mixes). The default value is no address: it has no bytes and comes before all others.
/// </summary>
internal readonly struct NetworkAddress : IEquatable<NetworkAddress>, IComparable<NetworkAddress>
{
    /// <summary>Bytes of an IPv4 address.</summary>
    public const int Ipv4Length = 4;

    /// <summary>Bytes of an IPv6 address, the most an address has.</summary>
    public const int Ipv6Length = 16;

    private const int LongestText = 45;

    private readonly ulong _high;
    private readonly ulong _low;

    private NetworkAddress(AddressFamily family, ulong high, ulong low)
    {
        Family = family;
        _high = high;
        _low = low;
    }

    /// <summary><see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>, or <see cref="AddressFamily.Unspecified"/> for no address.</summary>
    public AddressFamily Family { get; }

    /// <summary>Bytes in network order: 4, 16, or 0 for no address.</summary>
    public int Length => Family switch
    {
        AddressFamily.InterNetwork => Ipv4Length,
        AddressFamily.InterNetworkV6 => Ipv6Length,
        _ => 0,
    };

    /// <summary>Whether this is no address at all.</summary>
    public bool IsNone => Family == AddressFamily.Unspecified;

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIpv6 => Family == AddressFamily.InterNetworkV6;

    /// <summary>Whether this is a group of receivers: 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIpv6 ? _high >> 56 == 0xFF : Family == AddressFamily.InterNetwork && _low >> 28 == 0xE;

    /// <summary>Whether this is valid on one link only: 169.254.0.0/16 or fe80::/10.</summary>
    public bool IsLinkLocal => IsIpv6 ? _high >> 54 == 0x3FA : Family == AddressFamily.InterNetwork && _low >> 16 == 0xA9FE;

    public static bool operator ==(NetworkAddress left, NetworkAddress right) => left.Equals(right);

    public static bool operator !=(NetworkAddress left, NetworkAddress right) => !left.Equals(right);

    public static bool operator <(NetworkAddress left, NetworkAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(NetworkAddress left, NetworkAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(NetworkAddress left, NetworkAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NetworkAddress left, NetworkAddress right) => left.CompareTo(right) >= 0;

    /// <summary>The address of 4 or 16 bytes in network order.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static NetworkAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        Ipv4Length => new(AddressFamily.InterNetwork, 0, BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        Ipv6Length => new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>The address without its scope.</summary>
    public static NetworkAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        address.TryWriteBytes(bytes, out var length);
        return FromBytes(bytes[..length]);
    }

    /// <summary>Reads an address strictly: four decimal numbers, or IPv6 without a zone. An IPv4-mapped one becomes IPv4.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NetworkAddress address)
    {
        Span<byte> ascii = stackalloc byte[LongestText];
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        address = default;
        if (text.Length > LongestText || !Ascii.IsValid(text))
        {
            return false;
        }

        Encoding.ASCII.GetBytes(text, ascii);
        if (!IpText.TryParse(ascii[..text.Length], bytes, out var length))
        {
            return false;
        }

        address = FromBytes(bytes[..length]);
        return true;
    }

    /// <summary>Writes the <see cref="Length"/> bytes of the address in network order.</summary>
    /// <returns>How many were written.</returns>
    public int CopyTo(Span<byte> destination)
    {
        switch (Family)
        {
            case AddressFamily.InterNetwork:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
                return Ipv4Length;
            case AddressFamily.InterNetworkV6:
                BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
                BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
                return Ipv6Length;
            default:
                return 0;
        }
    }

    /// <summary>The address as the framework knows it.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        var length = CopyTo(bytes);
        return length > 0 ? new IPAddress(bytes[..length]) : throw new InvalidOperationException("There is no address.");
    }

    public int CompareTo(NetworkAddress other)
    {
        if (Length != other.Length)
        {
            return Length.CompareTo(other.Length);
        }

        return _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);
    }

    public bool Equals(NetworkAddress other) => Family == other.Family && _high == other._high && _low == other._low;

    public override bool Equals(object? obj) => obj is NetworkAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, (int)Family);

    /// <summary>The address in its usual text form; empty when there is none.</summary>
    public override string ToString() => IsNone ? "" : ToIPAddress().ToString();
}
