using System.Runtime.InteropServices;
using System.Text;

namespace Balancer.Failover.Linux;

/// <summary>One attribute of a netlink message.</summary>
internal readonly ref struct NetlinkAttribute
{
    private const int HeaderLength = 4;

    private NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>What it is.</summary>
    public ushort Type { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The value as a text that a zero may end.</summary>
    public string Text => Encoding.UTF8.GetString(Value.IndexOf((byte)0) is >= 0 and var end ? Value[..end] : Value);

    /// <summary>The value as an address; no address when its length is none of an address.</summary>
    public NetworkAddress Address => Value.Length is NetworkAddress.Ipv4Length or NetworkAddress.Ipv6Length ? NetworkAddress.FromBytes(Value) : default;

    /// <summary>Takes the first attribute off.</summary>
    /// <returns>False when there is none, or what is there is not whole.</returns>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> attributes, out NetlinkAttribute attribute)
    {
        attribute = default;
        if (attributes.Length < HeaderLength)
        {
            return false;
        }

        var length = MemoryMarshal.Read<ushort>(attributes);
        if (length < HeaderLength || length > attributes.Length)
        {
            return false;
        }

        attribute = new NetlinkAttribute((ushort)(MemoryMarshal.Read<ushort>(attributes[2..]) & NetlinkConstants.AttributeTypeMask), attributes[HeaderLength..length]);
        attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        return true;
    }

    /// <summary>The value of the first attribute of a type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        while (TryRead(ref attributes, out var attribute))
        {
            if (attribute.Type == type)
            {
                return attribute.Value;
            }
        }

        return default;
    }

    /// <summary>The value as a number; 0 when it is too short for one.</summary>
    public T Number<T>()
        where T : unmanaged =>
        MemoryMarshal.TryRead<T>(Value, out var number) ? number : default;
}
