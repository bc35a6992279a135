using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Routing;

/// <summary>An address written by a proxy: <c>1.2.3.4</c>, <c>2001:db8::1</c> or <c>[2001:db8::1]</c>, perhaps with a port behind (not the bare IPv6 form).</summary>
internal struct ForwardedAddress
{
    private Bytes _bytes;
    private int _length;
    private int _port;

    /// <summary>Whether it holds no address.</summary>
    public readonly bool IsEmpty => _length == 0;

    /// <summary>The address in network byte order: 4 or 16 bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Binary => MemoryMarshal.CreateReadOnlySpan(in _bytes[0], _length);

    /// <summary>Reads an address; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ForwardedAddress address)
    {
        address = default;
        if (text.IsEmpty)
        {
            return false;
        }

        var host = text;
        var bracket = text[0] == '[';
        var colon = bracket ? text.IndexOf("]:"u8) + 1 : text.Count((byte)':') == 1 ? text.IndexOf((byte)':') : -1;
        if (colon > 0)
        {
            host = text[..colon];
            if (!IpText.TryParsePort(text[(colon + 1)..], out address._port) || address._port == 0)
            {
                return false;
            }
        }

        if (bracket)
        {
            if (host[^1] != ']' || !host.Contains((byte)':'))
            {
                return false;
            }

            host = host[1..^1];
        }

        return IpText.TryParse(host, address._bytes, out address._length);
    }

    /// <summary>The address in all its forms; <paramref name="previous"/> itself when it is the same.</summary>
    public readonly ClientAddress ToClientAddress(ClientAddress? previous) =>
        previous is not null && previous.Port == _port && previous.Binary.AsSpan().SequenceEqual(Binary)
            ? previous
            : new ClientAddress(new IPAddress(Binary), _port);

    [InlineArray(16)]
    private struct Bytes
    {
        private byte _first;
    }
}
