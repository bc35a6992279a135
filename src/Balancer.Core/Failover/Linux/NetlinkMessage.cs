using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>One message out of what a netlink socket received.</summary>
internal readonly ref struct NetlinkMessage
{
    private NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Flags = flags;
        Sequence = sequence;
        Payload = payload;
    }

    /// <summary>What it tells.</summary>
    public ushort Type { get; }

    /// <summary>More about it.</summary>
    public ushort Flags { get; }

    /// <summary>The sequence number of the request it answers; 0 of a notification.</summary>
    public uint Sequence { get; }

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The error of a <see cref="NetlinkConstants.MessageError"/> or <see cref="NetlinkConstants.MessageDone"/>, which is none when it acknowledges.</summary>
    public Errno Error => Payload.Length >= sizeof(int) ? (Errno)(-MemoryMarshal.Read<int>(Payload)) : Errno.None;

    /// <summary>Takes the first message off what was received.</summary>
    /// <returns>False when there is none, or what is there is not whole.</returns>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> received, out NetlinkMessage message)
    {
        message = default;
        if (received.Length < NetlinkWriter.HeaderLength)
        {
            return false;
        }

        var length = MemoryMarshal.Read<uint>(received);
        if (length < NetlinkWriter.HeaderLength || length > received.Length)
        {
            return false;
        }

        message = new NetlinkMessage(
            MemoryMarshal.Read<ushort>(received[4..]),
            MemoryMarshal.Read<ushort>(received[6..]),
            MemoryMarshal.Read<uint>(received[8..]),
            received[NetlinkWriter.HeaderLength..(int)length]);
        received = received[Math.Min(((int)length + 3) & ~3, received.Length)..];
        return true;
    }
}
