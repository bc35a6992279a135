using System.Buffers.Binary;

namespace Balancer.Upstreams.Resolution;

/// <summary>Reads a DNS message from front to back; nothing outside the message is ever touched, and no name can make it read for ever.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const byte PointerBits = 0xC0;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>How much was read.</summary>
    public readonly int Position => _at;

    /// <summary>Reads two bytes.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[_at..], out value))
        {
            return false;
        }

        _at += sizeof(ushort);
        return true;
    }

    /// <summary>Reads some bytes.</summary>
    public bool TryRead(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_message.Length - _at < count)
        {
            return false;
        }

        bytes = _message.Slice(_at, count);
        _at += count;
        return true;
    }

    /// <summary>Reads a name into a buffer of <see cref="DnsName.MaxLength"/> bytes. A pointer must lead to before where the name it stands in began (RFC 1035 section 4.1.4).</summary>
    public bool TryReadName(scoped Span<byte> name, out int length)
    {
        length = 0;
        var at = _at;
        var earliest = _at;
        var end = -1;
        while (true)
        {
            if (at >= _message.Length)
            {
                return false;
            }

            var size = _message[at];
            if ((size & PointerBits) == PointerBits)
            {
                if (at + 1 >= _message.Length)
                {
                    return false;
                }

                end = end < 0 ? at + 2 : end;
                at = ((size & ~PointerBits) << 8) | _message[at + 1];
                if (at >= earliest)
                {
                    return false;
                }

                earliest = at;
                continue;
            }

            if ((size & PointerBits) != 0 || at + 1 + size > _message.Length || length + 1 + size > name.Length)
            {
                return false;
            }

            _message.Slice(at, 1 + size).CopyTo(name[length..]);
            length += 1 + size;
            at += 1 + size;
            if (size == 0)
            {
                _at = end < 0 ? at : end;
                return true;
            }
        }
    }
}
