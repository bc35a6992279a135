using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>A test that makes network namespaces; skipped, with the reason, where that is not possible.</summary>
internal sealed partial class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = ReasonToSkip;

    /// <summary>Why it is not possible; null when it is.</summary>
    public static string? ReasonToSkip { get; } =
        EffectiveUser() != 0 ? "needs root"
        : IpCommand.Path is null ? "needs ip (apt-get install iproute2)"
        : Try();

    private static string? Try()
    {
        var name = $"probe{Environment.ProcessId:x}";
        try
        {
            IpCommand.Run($"netns add {name}");
            try
            {
                IpCommand.Run($"-n {name} link add name probe0 type veth peer name probe1");
                return null;
            }
            finally
            {
                IpCommand.Run($"netns del {name}");
            }
        }
        catch (InvalidOperationException error)
        {
            return $"needs network namespaces ({error.Message.Trim()})";
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
