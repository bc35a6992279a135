using System.Globalization;
using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>A real keepalived on a gateway of a segment: what ours is compared with and works together with.</summary>
internal sealed partial class KeepalivedProcess : IAsyncDisposable
{
    private readonly TempDirectory _directory;

    private KeepalivedProcess(TempDirectory directory, ChildProcess process)
    {
        _directory = directory;
        Process = process;
    }

    /// <summary>The program that watches over the one that speaks VRRP; it prints the log of both.</summary>
    public ChildProcess Process { get; }

    /// <summary>Everything logged so far.</summary>
    public string Log => Process.Output;

    /// <summary>The latest state of an instance as it was logged, as in "MASTER"; empty before the first.</summary>
    public string StateOf(string instance = "VI_1") =>
        Process.Lines.Select(line => StatePattern().Match(line)).LastOrDefault(match => match.Success && match.Groups[1].Value == instance)?.Groups[2].Value ?? "";

    /// <summary>Starts keepalived.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="host">The gateway.</param>
    /// <param name="configuration">The text of its file.</param>
    public static async Task<KeepalivedProcess> StartAsync(Segment segment, SegmentHost host, string configuration)
    {
        var directory = new TempDirectory();
        directory.Write("keepalived.conf", configuration);
        string[] arguments =
        [
            "--vrrp", "--dont-fork", "--log-console", "--log-detail", "--no-syslog",
            $"--use-file={directory.File("keepalived.conf")}",
            $"--pid={directory.File("keepalived.pid")}",
            $"--vrrp_pid={directory.File("vrrp.pid")}",
        ];
        var process = segment.Start(host, Tools.Get("keepalived"), arguments, new Dictionary<string, string> { ["TMPDIR"] = directory.Path });
        var keepalived = new KeepalivedProcess(directory, process);
        try
        {
            await process.WaitForLineAsync(line => line.Contains("Entering", StringComparison.Ordinal) && line.Contains("STATE", StringComparison.Ordinal));
        }
        catch
        {
            await keepalived.DisposeAsync();
            throw;
        }

        return keepalived;
    }

    /// <summary>The usual file: one instance VI_1 on eth0 with id 51.</summary>
    /// <param name="priority">1 to 254.</param>
    /// <param name="interval">Seconds between two advertisements.</param>
    /// <param name="address">The virtual address with its prefix length.</param>
    /// <param name="version">2 or 3.</param>
    /// <param name="instance">More lines of the instance.</param>
    /// <param name="global">More lines of global_defs.</param>
    public static string Configure(int priority, double interval, string address = "10.9.0.100/24", int version = 3, string instance = "", string global = "") =>
        $$"""
        global_defs {
          vrrp_version {{version}}
          {{global}}
        }
        vrrp_instance VI_1 {
          state BACKUP
          interface eth0
          virtual_router_id 51
          priority {{priority}}
          advert_int {{interval.ToString(CultureInfo.InvariantCulture)}}
          virtual_ipaddress {
            {{address}}
          }
          {{instance}}
        }
        """;

    /// <summary>Waits until an instance has logged that it is in a state.</summary>
    public Task WaitForStateAsync(string state, string instance = "VI_1") =>
        Deadline.UntilAsync(() => StateOf(instance) == state, () => $"{instance} is {state}; the log:\n{Log}");

    /// <summary>Its counters, as in ("TTL", 0), of the instance alone; errors are those under "Packet Errors" and "Authentication Errors".</summary>
    public async Task<Dictionary<string, long>> CountersAsync()
    {
        var file = _directory.File("keepalived.stats");
        File.Delete(file);
        Native.Kill(VrrpProcess, UnixSignal.Usr2);
        await Deadline.UntilAsync(
            () => File.Exists(file) && File.ReadAllText(file).Contains("Priority Zero", StringComparison.Ordinal) && File.ReadAllText(file).TrimEnd().Split('\n')[^1].Contains("Sent", StringComparison.Ordinal),
            () => $"keepalived writes its statistics; the log:\n{Log}");

        var counters = new Dictionary<string, long>();
        var section = "";
        foreach (var line in await File.ReadAllLinesAsync(file))
        {
            var parts = line.Trim().Split(':');
            if (parts.Length == 2 && long.TryParse(parts[1], out var value))
            {
                counters[$"{section}{parts[0].Trim()}"] = value;
            }
            else if (parts.Length == 2)
            {
                section = $"{parts[0]}: ";
            }
        }

        return counters;
    }

    /// <summary>Ends it as a crash does: nothing is sent, and the addresses stay.</summary>
    public async Task KillAsync()
    {
        // The watching one would start the other again, and the other would say goodbye when the watching one dies.
        Process.Signal(UnixSignal.Stop);
        Native.Kill(VrrpProcess, UnixSignal.Kill);
        Process.Signal(UnixSignal.Kill);
        await Process.Exited;
    }

    /// <summary>Ends it in good order: it gives up its role and removes its addresses.</summary>
    public async Task StopAsync()
    {
        Process.Signal(UnixSignal.Term);
        await Deadline.WaitAsync(Process.Exited, () => $"keepalived ends; the log:\n{Log}");
    }

    /// <summary>Replaces its file and has it read.</summary>
    public void Reload(string configuration)
    {
        _directory.Write("keepalived.conf", configuration);
        Process.Signal(UnixSignal.Hup);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.Exited.IsCompleted)
        {
            await KillAsync();
        }

        _directory.Dispose();
    }

    private int VrrpProcess => int.Parse(File.ReadAllText(_directory.File("vrrp.pid")));

    [GeneratedRegex(@"\((\w+)\) Entering (\w+) STATE")]
    private static partial Regex StatePattern();
}
