using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>
/// Tells the neighbours where an address is now, by gratuitous ARP or unsolicited neighbour advertisement, on any interface. Needs CAP_NET_RAW.
/// </summary>
/// <remarks>For one thread; allocates nothing.</remarks>
internal sealed unsafe class AddressAnnouncer : IDisposable
{
    private const int FrameLength = NeighbourAdvertisementFrame.Length;

    private readonly SafeFileHandle _handle;
    private readonly int _descriptor;

    private AddressAnnouncer(SafeFileHandle handle)
    {
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
    }

    /// <summary>Opens the packet socket.</summary>
    /// <param name="announcer">The announcer, or null when there is an error.</param>
    /// <param name="error">The call that failed and why.</param>
    public static bool TryOpen([NotNullWhen(true)] out AddressAnnouncer? announcer, [NotNullWhen(false)] out string? error)
    {
        // Protocol 0: it only sends; any other would make the kernel copy received frames to it.
        var handle = LibC.OpenSocket(SocketConstants.FamilyPacket, SocketConstants.TypeRaw, 0);
        error = handle.IsInvalid ? LibC.LastError.Describe("socket(AF_PACKET)") : null;
        announcer = error is null ? new AddressAnnouncer(handle) : null;
        if (error is not null)
        {
            handle.Dispose();
        }

        return announcer is not null;
    }

    /// <summary>Announces an address once.</summary>
    /// <param name="interfaceIndex">The interface the frame leaves by.</param>
    /// <param name="hardware">The hardware that has the address: that of the interface, or of the virtual router.</param>
    /// <param name="address">The address.</param>
    public Errno Announce(int interfaceIndex, MacAddress hardware, NetworkAddress address)
    {
        var frame = stackalloc byte[FrameLength];
        var name = stackalloc byte[SocketAddresses.LinkLayerLength];
        var bytes = new Span<byte>(frame, FrameLength);
        var length = address.IsIpv6 ? NeighbourAdvertisementFrame.Write(bytes, hardware, address) : ArpFrame.Write(bytes, hardware, address);
        var type = address.IsIpv6 ? NeighbourAdvertisementFrame.EtherType : ArpFrame.EtherType;
        SocketAddresses.WriteLinkLayer(new Span<byte>(name, SocketAddresses.LinkLayerLength), interfaceIndex, type);
        return LibC.SendTo(_descriptor, frame, (nuint)length, SocketConstants.DoNotWait, name, SocketAddresses.LinkLayerLength) >= 0
            ? Errno.None
            : LibC.LastError;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
