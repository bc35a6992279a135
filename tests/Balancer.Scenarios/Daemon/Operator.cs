using System.Runtime.Versioning;
using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary>Runs balancerd for somebody without any privilege.</summary>
[SupportedOSPlatform("linux")]
internal static class Operator
{
    /// <summary>A directory with a folder that may not be written and a file that may not be read, even by root when it has no capabilities.</summary>
    public static TempDirectory Prepare()
    {
        var directory = new TempDirectory();
        Directory.CreateDirectory(directory.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(directory.Write("unreadable.toml", ""), UnixFileMode.None);
        return directory;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var (program, first) = GatewayProcess.Command;
        string[] drop = Native.IsRoot ? ["--bounding-set=-all", "--inh-caps=-all"] : ["--inh-caps=-all"];
        return await ChildProcess.RunAsync("setpriv", [.. drop, program, .. first, .. arguments]);
    }
}
