using System.Diagnostics;

namespace Balancer.Daemon;

/// <summary>A scenario that runs in a network of its own; skipped where the kernel allows none, or without iproute2 and curl.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresNetworkNamespaceAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsPossible = new(Try);

    public RequiresNetworkNamespaceAttribute() => Skip = IsPossible.Value ? null : "needs a network namespace of its own (unshare -rn), ip and curl";

    private static bool Try()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-rn", "sh", "-c", "ip link set lo up && command -v curl"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
