using System.Runtime.InteropServices;
using System.Text;

namespace Balancer.Failover.Linux;

/// <summary>Writes one netlink message, field by field, into a buffer that is large enough. Numbers are in the order of the processor.</summary>
internal ref struct NetlinkWriter
{
    /// <summary>Bytes of struct nlmsghdr.</summary>
    public const int HeaderLength = 16;

    private const int Alignment = 4;
    private const int AttributeHeaderLength = 4;
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">Gets the message.</param>
    /// <param name="type">What is asked for.</param>
    /// <param name="flags">How; that it is a request which wants an answer need not be said.</param>
    /// <param name="sequence">Comes back with the answer.</param>
    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags, uint sequence)
    {
        _buffer = buffer;
        _buffer[..HeaderLength].Clear();
        Put(4, type);
        Put(6, (ushort)(flags | NetlinkConstants.FlagRequest | NetlinkConstants.FlagAcknowledge));
        Put(8, sequence);
        _length = HeaderLength;
    }

    /// <summary>Appends a struct or a number as it is in memory, padded to 4 bytes.</summary>
    public void Append<T>(T value)
        where T : unmanaged =>
        Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Appends an attribute that is a number.</summary>
    public void Attribute<T>(ushort type, T value)
        where T : unmanaged =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Appends an attribute that is an address; none when there is no address.</summary>
    public void Attribute(ushort type, NetworkAddress address)
    {
        Span<byte> bytes = stackalloc byte[NetworkAddress.Ipv6Length];
        if (!address.IsNone)
        {
            Attribute(type, bytes[..address.CopyTo(bytes)]);
        }
    }

    /// <summary>Appends an attribute that is a text, with the zero after it.</summary>
    public void Attribute(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>Appends an attribute.</summary>
    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var start = BeginNested(type);
        Append(value);
        Put(start, (ushort)(AttributeHeaderLength + value.Length));
    }

    /// <summary>Starts an attribute that consists of attributes.</summary>
    /// <returns>To be given to <see cref="EndNested"/>.</returns>
    public int BeginNested(ushort type)
    {
        var start = _length;
        Put(start + 2, type);
        _length += AttributeHeaderLength;
        return start;
    }

    /// <summary>Ends an attribute that consists of attributes.</summary>
    public readonly void EndNested(int start) => Put(start, (ushort)(_length - start));

    /// <summary>The whole message.</summary>
    public readonly ReadOnlySpan<byte> Finish()
    {
        Put(0, (uint)_length);
        return _buffer[.._length];
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        var padded = (bytes.Length + Alignment - 1) & ~(Alignment - 1);
        bytes.CopyTo(_buffer[_length..]);
        _buffer.Slice(_length + bytes.Length, padded - bytes.Length).Clear();
        _length += padded;
    }

    private readonly void Put<T>(int offset, T value)
        where T : unmanaged =>
        MemoryMarshal.Write(_buffer[offset..], in value);
}
