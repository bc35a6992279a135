using System.Buffers.Binary;
using System.Net;

namespace Balancer.Upstreams.Resolution;

/// <summary>Questions and replies of DNS (RFC 1035 section 4), strictly read: whatever does not fit the question to the letter is no reply.</summary>
internal static class DnsMessage
{
    /// <summary>The greatest length of a question.</summary>
    public const int MaxQueryLength = HeaderLength + DnsName.MaxLength + 4;

    private const int HeaderLength = 12;
    private const ushort ClassInternet = 1;
    private const ushort RecursionDesired = 0x0100;
    private const ushort IsResponse = 0x8000;
    private const ushort OpcodeBits = 0x7800;
    private const ushort Truncated = 0x0200;
    private const ushort CodeBits = 0x000F;

    /// <summary>Writes a question; returns its length.</summary>
    public static int WriteQuery(Span<byte> buffer, ushort id, ReadOnlySpan<byte> name, DnsType type)
    {
        buffer[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        name.CopyTo(buffer[HeaderLength..]);
        var end = HeaderLength + name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[end..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(end + 2)..], ClassInternet);
        return end + 4;
    }

    /// <summary>Reads the reply to a question; null when the message is malformed or replies to something else.</summary>
    public static DnsReply? Read(ReadOnlySpan<byte> message, ushort id, ReadOnlySpan<byte> name, DnsType type)
    {
        var reader = new DnsReader(message);
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        if (!reader.TryReadUInt16(out var replyId)
            || !reader.TryReadUInt16(out var flags)
            || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers)
            || !reader.TryRead(4, out _)
            || replyId != id
            || (flags & (IsResponse | OpcodeBits)) != IsResponse
            || questions != 1
            || !reader.TryReadName(owner, out var length)
            || !DnsName.AreSame(owner[..length], name)
            || !reader.TryReadUInt16(out var questionType)
            || !reader.TryReadUInt16(out var questionClass)
            || questionType != (ushort)type
            || questionClass != ClassInternet)
        {
            return null;
        }

        var reply = new DnsReply { Code = flags & CodeBits, IsTruncated = (flags & Truncated) != 0 };
        return reply.Code != 0 || reply.IsTruncated || TryReadAnswers(ref reader, answers, name, type, reply) ? reply : null;
    }

    /// <summary>Takes the addresses of the name, and of the names its aliases lead to; aliases come before what they stand for, as resolvers send them.</summary>
    private static bool TryReadAnswers(ref DnsReader reader, int answers, ReadOnlySpan<byte> name, DnsType type, DnsReply reply)
    {
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        Span<byte> wanted = stackalloc byte[DnsName.MaxLength];
        name.CopyTo(wanted);
        var wantedLength = name.Length;
        var isAlias = false;
        for (var i = 0; i < answers; i++)
        {
            if (!reader.TryReadName(owner, out var ownerLength)
                || !reader.TryReadUInt16(out var recordType)
                || !reader.TryReadUInt16(out var recordClass)
                || !reader.TryRead(4, out _)
                || !reader.TryReadUInt16(out var dataLength))
            {
                return false;
            }

            var concerns = recordClass == ClassInternet && DnsName.AreSame(owner[..ownerLength], wanted[..wantedLength]);
            if (concerns && recordType == (ushort)DnsType.CName)
            {
                var data = reader;
                if (!data.TryReadName(wanted, out wantedLength) || data.Position != reader.Position + dataLength)
                {
                    return false;
                }

                isAlias = true;
            }

            if (!reader.TryRead(dataLength, out var bytes))
            {
                return false;
            }

            if (concerns && recordType == (ushort)type)
            {
                if (bytes.Length != (type == DnsType.A ? 4 : 16))
                {
                    return false;
                }

                reply.Addresses.Add(new IPAddress(bytes));
            }
        }

        if (isAlias && reply.Addresses.Count == 0)
        {
            reply.Alias = wanted[..wantedLength].ToArray();
        }

        return true;
    }
}
