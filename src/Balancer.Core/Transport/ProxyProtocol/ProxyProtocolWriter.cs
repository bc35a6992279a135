using System.Buffers.Binary;
using System.Net;
using System.Text.Unicode;
using Balancer.Http;

namespace Balancer.Transport.ProxyProtocol;

/// <summary>Writes the PROXY protocol header of a connection to an upstream server. An IPv4 and an IPv6 address together become two IPv6 ones.</summary>
internal static class ProxyProtocolWriter
{
    /// <summary>Most bytes <see cref="Write"/> writes.</summary>
    public const int MaxLength = ProxyProtocolParser.MaxVersion1Length;

    /// <summary>Writes a header; one that names nobody when either address is not an IP address.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="version">1 or 2.</param>
    /// <param name="source">The client.</param>
    /// <param name="target">Where the client connected to.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> destination, int version, ClientAddress source, ClientAddress target) => version switch
    {
        1 => WriteVersion1(destination, source, target),
        2 => WriteVersion2(destination, source, target),
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    private static int WriteVersion1(Span<byte> destination, ClientAddress source, ClientAddress target)
    {
        if (source.Address is null || target.Address is null)
        {
            var unknown = "PROXY UNKNOWN\r\n"u8;
            unknown.CopyTo(destination);
            return unknown.Length;
        }

        var isIpv4 = source.Binary.Length == 4 && target.Binary.Length == 4;
        Utf8.TryWrite(
            destination,
            $"PROXY {(isIpv4 ? "TCP4" : "TCP6")} {InFamily(source.Address, isIpv4)} {InFamily(target.Address, isIpv4)} {source.Port} {target.Port}\r\n",
            out var length);
        return length;
    }

    private static int WriteVersion2(Span<byte> destination, ClientAddress source, ClientAddress target)
    {
        ProxyProtocolParser.Signature.CopyTo(destination);
        destination[12] = 0x21;
        var block = destination[16..];
        var length = 0;
        if (source.Address is null || target.Address is null)
        {
            destination[13] = 0;
        }
        else
        {
            var isIpv4 = source.Binary.Length == 4 && target.Binary.Length == 4;
            var size = isIpv4 ? 4 : 16;
            destination[13] = (byte)(isIpv4 ? 0x11 : 0x21);
            InFamily(source.Address, isIpv4).TryWriteBytes(block, out _);
            InFamily(target.Address, isIpv4).TryWriteBytes(block[size..], out _);
            BinaryPrimitives.WriteUInt16BigEndian(block[(2 * size)..], (ushort)source.Port);
            BinaryPrimitives.WriteUInt16BigEndian(block[((2 * size) + 2)..], (ushort)target.Port);
            length = (2 * size) + 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)length);
        return 16 + length;
    }

    private static IPAddress InFamily(IPAddress address, bool isIpv4) => isIpv4 ? address : address.MapToIPv6();
}
