using System.Buffers.Binary;
using System.Text;

namespace Balancer.TestSupport.Tracing;

/// <summary>A field of a protobuf message: its number, and its value as bytes or as a number.</summary>
/// <param name="Number">The number.</param>
/// <param name="Bytes">The value of a field with a length.</param>
/// <param name="Value">The value of any other.</param>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Bytes, ulong Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The value as hexadecimal digits.</summary>
    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    /// <summary>The fields of a message, in order.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static IEnumerable<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            yield return (tag & 7) switch
            {
                0 => new ProtobufField((int)(tag >> 3), default, Varint(message, ref at)),
                1 => new ProtobufField((int)(tag >> 3), default, BinaryPrimitives.ReadUInt64LittleEndian(Take(message, ref at, 8).Span)),
                2 => new ProtobufField((int)(tag >> 3), Take(message, ref at, (int)Varint(message, ref at)), 0),
                5 => new ProtobufField((int)(tag >> 3), default, BinaryPrimitives.ReadUInt32LittleEndian(Take(message, ref at, 4).Span)),
                var type => throw new InvalidDataException($"there is no wire type {type}"),
            };
        }
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ref int at, int length)
    {
        at += length;
        return message.Slice(at - length, length);
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = message.Span[at++];
            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a varint is longer than ten bytes");
    }
}
