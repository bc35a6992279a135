using System.Buffers.Binary;
using System.Net;

namespace Balancer.Upstreams.Resolution;

/// <summary>Writes DNS replies, right ones and wrong ones.</summary>
internal sealed class DnsReplyBuilder
{
    private readonly List<byte> _bytes = [];
    private ushort _answers;

    public DnsReplyBuilder(ushort id, string name, DnsType type, ushort flags = 0x8180)
    {
        UInt16(id).UInt16(flags).UInt16(1).UInt16(0).UInt16(0).UInt16(0).Name(name).UInt16((ushort)type).UInt16(1);
    }

    public DnsReplyBuilder UInt16(int value)
    {
        _bytes.Add((byte)(value >> 8));
        _bytes.Add((byte)value);
        return this;
    }

    public DnsReplyBuilder Bytes(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public DnsReplyBuilder Name(string name) => Bytes(Encode(name));

    public DnsReplyBuilder Address(string owner, string address) =>
        Record(Encode(owner), address.Contains(':') ? DnsType.Aaaa : DnsType.A, IPAddress.Parse(address).GetAddressBytes());

    public DnsReplyBuilder Alias(string owner, string target) => Record(Encode(owner), DnsType.CName, Encode(target));

    public DnsReplyBuilder Record(byte[] owner, DnsType type, byte[] data, int? length = null, int recordClass = 1)
    {
        _answers++;
        return Bytes(owner).UInt16((int)type).UInt16(recordClass).UInt16(0).UInt16(60).UInt16(length ?? data.Length).Bytes(data);
    }

    public byte[] Build()
    {
        var message = _bytes.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), _answers);
        return message;
    }

    public static byte[] Encode(string name)
    {
        Assert.True(DnsName.TryEncode(name, out var encoded));
        return encoded;
    }
}
