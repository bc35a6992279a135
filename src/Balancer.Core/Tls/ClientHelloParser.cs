using System.Buffers;
using System.Buffers.Binary;

namespace Balancer.Tls;

/// <summary>
/// Finds the server name in a ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3) before OpenSSL sees it, so that the connection can be
/// set up for the right virtual server from its start. It judges nothing beyond that: what is malformed inside has no name, and OpenSSL refuses it.
/// </summary>
internal static class ClientHelloParser
{
    /// <summary>Longest ClientHello waited for. The largest in use, with post-quantum keys, have 2 KB.</summary>
    public const int MaxLength = 32 * 1024;

    private const byte HandshakeRecord = 0x16;
    private const byte ClientHelloMessage = 1;
    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const int MaxRecord = 16 * 1024;
    private const int FixedPart = 2 + 32;
    private const ushort ServerNameExtension = 0;
    private const byte HostNameType = 0;

    /// <summary>Looks at the bytes received so far.</summary>
    /// <param name="received">The bytes from the start of the connection on.</param>
    /// <param name="serverName">Receives the name the client asks for, as sent; empty without one.</param>
    public static ClientHelloStatus Parse(in ReadOnlySequence<byte> received, out byte[] serverName)
    {
        serverName = [];
        if (received.IsEmpty)
        {
            return ClientHelloStatus.NeedMore;
        }

        if (received.FirstSpan[0] != HandshakeRecord)
        {
            return IsText(received.FirstSpan[0]) ? ClientHelloStatus.Plain : ClientHelloStatus.Malformed;
        }

        var length = (int)Math.Min(received.Length, MaxLength + RecordHeader);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        received.Slice(0, length).CopyTo(bytes);
        var status = ParseRecords(bytes.AsSpan(0, length), out serverName);
        ArrayPool<byte>.Shared.Return(bytes);
        return status;
    }

    /// <summary>Joins the records in place, as a message may be spread over several.</summary>
    private static ClientHelloStatus ParseRecords(Span<byte> bytes, out byte[] serverName)
    {
        serverName = [];
        var message = 0;
        var at = 0;
        while (true)
        {
            if (bytes.Length - at < RecordHeader)
            {
                return bytes.Length >= MaxLength ? ClientHelloStatus.Malformed : ClientHelloStatus.NeedMore;
            }

            var header = bytes.Slice(at, RecordHeader);
            var size = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
            if (header[0] != HandshakeRecord || header[1] != 3 || size is 0 or > MaxRecord)
            {
                return ClientHelloStatus.Malformed;
            }

            at += RecordHeader;
            var present = Math.Min(size, bytes.Length - at);
            bytes.Slice(at, present).CopyTo(bytes[message..]);
            message += present;
            at += present;
            if (message >= MessageHeader)
            {
                var wanted = MessageHeader + ((bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
                if (bytes[0] != ClientHelloMessage || wanted > MaxLength)
                {
                    return ClientHelloStatus.Malformed;
                }

                if (message >= wanted)
                {
                    serverName = FindServerName(bytes[MessageHeader..wanted]).ToArray();
                    return ClientHelloStatus.Complete;
                }
            }

            if (present < size)
            {
                return bytes.Length >= MaxLength ? ClientHelloStatus.Malformed : ClientHelloStatus.NeedMore;
            }
        }
    }

    private static ReadOnlySpan<byte> FindServerName(ReadOnlySpan<byte> hello)
    {
        // version, random; session id <0..32>, cipher suites <2..2^16-2>, compression methods <1..255>, extensions.
        if (hello.Length < FixedPart)
        {
            return default;
        }

        hello = hello[FixedPart..];
        if (!TryTake(ref hello, 1, out _) || !TryTake(ref hello, 2, out _) || !TryTake(ref hello, 1, out _) || !TryTake(ref hello, 2, out var extensions))
        {
            return default;
        }

        while (extensions.Length >= 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out var body))
            {
                return default;
            }

            if (type == ServerNameExtension)
            {
                return FirstHostName(body);
            }
        }

        return default;
    }

    /// <summary>A list of names, of which only host names are defined and only one is allowed.</summary>
    private static ReadOnlySpan<byte> FirstHostName(ReadOnlySpan<byte> body)
    {
        if (!TryTake(ref body, 2, out var names) || names.IsEmpty || names[0] != HostNameType)
        {
            return default;
        }

        names = names[1..];
        return TryTake(ref names, 2, out var name) && IsHostName(name) ? name : default;
    }

    /// <summary>Takes a vector whose length stands before it in one or two bytes.</summary>
    private static bool TryTake(scoped ref ReadOnlySpan<byte> bytes, int lengthSize, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (bytes.Length < lengthSize)
        {
            return false;
        }

        var length = lengthSize == 1 ? bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < lengthSize + length)
        {
            return false;
        }

        vector = bytes.Slice(lengthSize, length);
        bytes = bytes[(lengthSize + length)..];
        return true;
    }

    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 255)
        {
            return false;
        }

        foreach (var b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'.' or (byte)'_'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsText(byte first) => first is >= 0x20 and < 0x7f or (byte)'\r' or (byte)'\n';
}
