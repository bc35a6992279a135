using System.Net;

namespace Balancer.Harness;

/// <summary>
/// A running <c>balancerd -c FILE</c> with a file of the scenario. What it prints as an unhandled exception or a fault of its own fails the scenario when it is disposed of.
/// </summary>
/// <remarks>
/// With BALANCER_SCENARIOS_GATEWAY=nginx the gateway under test is a real nginx with the same file, translated: that is how the scenarios themselves are checked.
/// BALANCERD names another executable, for instance the published one.
/// </remarks>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly string[] FaultMarks = ["Unhandled exception", "request-fault", "Process terminated", "at Balancer."];
    private readonly TempDirectory _directory;
    private readonly NotifySocket? _notify;
    private readonly NginxProcess? _nginx;

    private GatewayProcess(TempDirectory directory, ChildProcess process, NotifySocket? notify, NginxProcess? nginx, int adminPort)
    {
        _directory = directory;
        Process = process;
        _notify = notify;
        _nginx = nginx;
        Admin = new IPEndPoint(IPAddress.Loopback, adminPort);
    }

    /// <summary>Whether nginx stands in for balancerd.</summary>
    public static bool IsNginx => Environment.GetEnvironmentVariable("BALANCER_SCENARIOS_GATEWAY") == "nginx";

    /// <summary>The running program.</summary>
    public ChildProcess Process { get; }

    /// <summary>The address of metrics, probes and status.</summary>
    public IPEndPoint Admin { get; }

    /// <summary>The states told to the service manager.</summary>
    public NotifySocket Notify => _notify ?? throw new InvalidOperationException("nginx tells nobody its state.");

    /// <summary>The configuration file.</summary>
    public string ConfigFile => _directory.File("balancerd.toml");

    /// <summary>How to start balancerd: program and first arguments.</summary>
    public static (string Program, string[] Arguments) Command
    {
        get
        {
            if (Environment.GetEnvironmentVariable("BALANCERD") is { Length: > 0 } executable)
            {
                return (executable, []);
            }

            var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
            return (host, ["exec", Path.Combine(AppContext.BaseDirectory, "balancerd.dll")]);
        }
    }

    /// <summary>Starts the gateway and waits until it is ready.</summary>
    /// <param name="toml">
    /// The configuration; <c>DIR</c> is replaced with the directory of the instance and <c>ADMIN</c> with the address of its admin listener.
    /// An admin listener and an error log on standard error are added unless it has them.
    /// </param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="included">Further files of the instance, such as included ones: path to text.</param>
    /// <param name="ignoring">Signals it is started with as ignored, as by nohup: names as the shell knows them.</param>
    /// <param name="networkNamespace">Where it runs; null for where the scenario does. Its admin listener is on the loopback interface there.</param>
    public static async Task<GatewayProcess> StartAsync(
        string toml,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? included = null,
        string? ignoring = null,
        string? networkNamespace = null)
    {
        var directory = new TempDirectory();
        foreach (var (path, text) in included ?? new Dictionary<string, string>())
        {
            directory.Write(path, text);
        }

        if (IsNginx)
        {
            var nginx = await NginxProcess.StartAsync(NginxConf.FromToml(toml.Replace("DIR", directory.Path, StringComparison.Ordinal)));
            return new GatewayProcess(directory, nginx.Process, null, nginx, 0);
        }

        var adminPort = Ports.Next();
        var notify = new NotifySocket(directory.File("notify"));
        directory.Write("balancerd.toml", Complete(toml, directory, adminPort));
        var (program, arguments) = Command;
        if (ignoring is not null)
        {
            (program, arguments) = ("/bin/sh", ["-c", $"trap '' {ignoring}; exec \"$@\"", "sh", program, .. arguments]);
        }

        if (networkNamespace is not null)
        {
            (program, arguments) = (Tools.Get("ip"), ["netns", "exec", networkNamespace, program, .. arguments]);
        }

        var process = ChildProcess.Start(
            program,
            [.. arguments, "-c", directory.File("balancerd.toml")],
            new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["NOTIFY_SOCKET"] = notify.Path },
            directory.Path);
        var ready = notify.WaitAsync("READY=1");
        try
        {
            await Deadline.WaitAsync(Task.WhenAny(ready, process.Exited), () => $"balancerd gets ready; its output:\n{process.Output}");
            if (!ready.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException($"balancerd did not start, exit code {await process.Exited}:\n{process.Output}\n--- its file:\n{File.ReadAllText(directory.File("balancerd.toml"))}");
            }

            return new GatewayProcess(directory, process, notify, null, adminPort);
        }
        catch
        {
            await process.DisposeAsync();
            notify.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The path of a file of the instance.</summary>
    public string FilePath(string name) => _directory.File(name);

    /// <summary>Replaces the configuration file without telling the gateway.</summary>
    public void WriteConfig(string toml) => _directory.Write("balancerd.toml", Complete(toml, _directory, Admin.Port));

    /// <summary>Sends SIGHUP and waits until the gateway says that the reload is over, whether accepted or refused.</summary>
    public async Task ReloadAsync()
    {
        var before = Notify.Count;
        Process.Signal(UnixSignal.Hup);
        var reloading = await Deadline.WaitAsync(Notify.WaitAsync("RELOADING=1", before), () => $"RELOADING=1; output:\n{Process.Output}");
        await Deadline.WaitAsync(Notify.WaitAsync("READY=1", reloading), () => $"READY=1 after a reload; output:\n{Process.Output}");
    }

    /// <summary>What the admin listener answers to a GET.</summary>
    public async Task<RawResponse> AdminGetAsync(string path, params string[] headers)
    {
        await using var client = await RawClient.ConnectAsync(Admin);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");
        return await client.ReadResponseAsync();
    }

    /// <summary>Scrapes /metrics.</summary>
    public async Task<Metrics> ScrapeAsync() => Metrics.Parse((await AdminGetAsync("/metrics")).BodyText);

    /// <summary>Scrapes until the metrics say so: a request is counted when it is over, which may be a moment after its last byte was seen here.</summary>
    public async Task<Metrics> ScrapeWhenAsync(Func<Metrics, bool> condition)
    {
        var metrics = await ScrapeAsync();
        await Deadline.UntilAsync(async () => condition(metrics = await ScrapeAsync()), () => "the metrics say so");
        return metrics;
    }

    /// <summary>Waits for the process to end.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> WaitForExitAsync(TimeSpan? limit = null) =>
        Deadline.WaitAsync(Process.Exited, () => $"the gateway ends; its output:\n{Process.Output}", limit);

    public async ValueTask DisposeAsync()
    {
        var lines = Process.Lines;
        if (_nginx is not null)
        {
            await _nginx.DisposeAsync();
        }
        else
        {
            await Process.DisposeAsync();
        }

        _notify?.Dispose();
        _directory.Dispose();
        var fault = lines.FirstOrDefault(l => FaultMarks.Any(m => l.Contains(m, StringComparison.Ordinal)));
        if (fault is not null)
        {
            throw new InvalidOperationException($"The gateway reported a fault of its own: {fault}\n--- all it said:\n{string.Join('\n', lines)}");
        }
    }

    private static string Complete(string toml, TempDirectory directory, int adminPort)
    {
        var text = toml.Replace("DIR", directory.Path, StringComparison.Ordinal).Replace("ADMIN", $"127.0.0.1:{adminPort}", StringComparison.Ordinal);
        if (!text.Contains("error_log", StringComparison.Ordinal))
        {
            text = "error_log = \"stderr info\"\n" + text;
        }

        return text.Contains("[admin]", StringComparison.Ordinal) ? text : $"{text}\n\n[admin]\nlisten = \"127.0.0.1:{adminPort}\"\n";
    }
}
