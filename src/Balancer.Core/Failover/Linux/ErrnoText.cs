using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>Error numbers for people.</summary>
internal static class ErrnoText
{
    /// <summary>What the system calls the error, as in "Operation not permitted".</summary>
    public static string Describe(this Errno error) => Marshal.GetPInvokeErrorMessage((int)error);

    /// <summary>What failed and why, as in "bind: Address already in use".</summary>
    public static string Describe(this Errno error, string call) => $"{call}: {error.Describe()}";
}
