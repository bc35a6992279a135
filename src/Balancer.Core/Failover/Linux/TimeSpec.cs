using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public nint Seconds;
    public nint Nanoseconds;
}
