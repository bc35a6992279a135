using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>
/// A gateway of a segment with a systemd of its own, as container: what units say holds there as on a host. Everything written in it is gone with it. Its image is
/// made once, by <c>systemd-box.sh build</c>.
/// </summary>
internal sealed class SystemdBox : IAsyncDisposable
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);
    private static readonly string Tool = Path.Combine(Repository.Shared, "testbed", "systemd-box.sh");
    private static readonly string Image = Environment.GetEnvironmentVariable("SDBOX_ROOTFS") is { Length: > 0 } image ? image : Path.Combine(Path.GetTempPath(), "balancer-testbed", "rootfs");

    // What the build of the image does last.
    private static readonly string LastOfImage = Path.Combine(Image, "etc", "systemd", "system", "default.target");

    private readonly TempDirectory _state = new();

    private SystemdBox(SegmentHost host) => Host = host;

    /// <summary>Why there can be no box; null when there can.</summary>
    public static string? ReasonToSkip { get; } =
        !File.Exists(Tool) ? $"needs {Tool} (set BALANCER_SHARED)"
        : Tools.ReasonToSkip(["bash", "nsenter", "systemd-nspawn"]) is { } missing ? missing
        : new FileInfo(LastOfImage).LinkTarget is null ? $"needs the image of a machine in {Image}: {Tool} build (apt-get install debootstrap)"
        : !Directory.Exists("/sys/fs/cgroup/unified") && !File.Exists("/sys/fs/cgroup/cgroup.procs") ? "needs cgroups of version 2 for the systemd within"
        : null;

    /// <summary>The host whose network it has.</summary>
    public SegmentHost Host { get; }

    /// <summary>Boots a box with the network of a gateway.</summary>
    /// <param name="host">The gateway.</param>
    /// <param name="binds">Directories of this machine, read-only: "here:there".</param>
    public static async Task<SystemdBox> StartAsync(SegmentHost host, params string[] binds)
    {
        var box = new SystemdBox(host);
        try
        {
            var (code, output) = await box.UseToolAsync("start", [host.Namespace, .. binds.Select(b => $"ro={b}")]);
            return code == 0 ? box : throw new InvalidOperationException($"the box of {host.Name} did not boot:\n{output}");
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command in it, as root.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> RunAsync(string command)
    {
        var (code, output) = await TryAsync(command);
        return code == 0 ? output : throw new InvalidOperationException($"{Host.Name}: {command}: exit code {code}\n{output}\n--- the journal:\n{await JournalAsync()}");
    }

    /// <summary>Runs a command in it, as root.</summary>
    public Task<(int Code, string Output)> TryAsync(string command) => UseToolAsync("exec", [Host.Namespace, "sh", "-c", command]);

    /// <summary>What the service has said, and what systemd has said of it.</summary>
    public async Task<string> JournalAsync() => (await TryAsync("journalctl -u balancerd -o cat --no-pager")).Output;

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(_state.File($"{Host.Namespace}/nspawn.pid")))
        {
            await UseToolAsync("stop", [Host.Namespace]);
        }

        _state.Dispose();
    }

    private async Task<(int Code, string Output)> UseToolAsync(string verb, string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["SDBOX_ROOTFS"] = Image, ["SDBOX_RUN"] = _state.Path, ["SDBOX_NET"] = $"/run/netns/{Host.Namespace}" };
        await using var process = ChildProcess.Start(Tools.Get("bash"), [Tool, verb, .. arguments], environment);
        var code = await Deadline.WaitAsync(process.Exited, () => $"{verb} of the box of {Host.Name} ends; its output:\n{process.Output}", BootLimit);
        return (code, process.Output);
    }
}
