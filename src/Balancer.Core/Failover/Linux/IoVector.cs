using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}
