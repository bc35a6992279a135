using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>struct cmsghdr, before every control message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    /// <summary>Of header and data.</summary>
    public nuint Length;
    public int Level;
    public int Type;
}
