using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short ReturnedEvents;
}
