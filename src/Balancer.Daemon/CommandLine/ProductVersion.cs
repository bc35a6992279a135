using System.Reflection;

namespace Balancer.Daemon.CommandLine;

/// <summary>The version of this build.</summary>
internal static class ProductVersion
{
    /// <summary>As in <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
