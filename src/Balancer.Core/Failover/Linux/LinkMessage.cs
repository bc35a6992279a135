using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>struct ifinfomsg.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkMessage
{
    public byte Family;
    public byte Padding;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;

    /// <summary>Whether the interface is up and has a carrier.</summary>
    public readonly bool IsUpAndRunning =>
        (Flags & (NetlinkConstants.InterfaceUp | NetlinkConstants.InterfaceRunning)) == (NetlinkConstants.InterfaceUp | NetlinkConstants.InterfaceRunning);
}
