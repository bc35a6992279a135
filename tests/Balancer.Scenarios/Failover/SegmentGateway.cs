using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>A balancerd on a gateway of a segment.</summary>
internal sealed class SegmentGateway(GatewayProcess gateway, SegmentHost host) : IAsyncDisposable
{
    /// <summary>The port of the virtual address it answers on, with its name.</summary>
    public const int Port = 80;

    /// <summary>The same on its own address.</summary>
    public const int OwnPort = 81;

    private const int WarmRequests = 100;

    /// <summary>The program.</summary>
    public GatewayProcess Gateway { get; } = gateway;

    /// <summary>Where it runs.</summary>
    public SegmentHost Host { get; } = host;

    /// <summary>What it said last of an instance, as in "master"; empty before the first.</summary>
    public string State(string instance = "VI_1")
    {
        var line = Gateway.Process.Lines.LastOrDefault(l => l.Contains("event=vrrp-transition", StringComparison.Ordinal) && l.Contains($"instance={instance} ", StringComparison.Ordinal));
        var start = line?.IndexOf(" to=", StringComparison.Ordinal) + 4 ?? 0;
        return line is null ? "" : line[start..line.IndexOf(' ', start)];
    }

    /// <summary>How often it became master.</summary>
    public int Takeovers => Gateway.Process.Lines.Count(l => l.Contains("event=vrrp-transition", StringComparison.Ordinal) && l.Contains(" to=master ", StringComparison.Ordinal));

    /// <summary>Starts it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="priority">1 to 255.</param>
    /// <param name="interval">Seconds between two advertisements.</param>
    /// <param name="instance">More lines of the instance.</param>
    /// <param name="addresses">Its virtual addresses as TOML.</param>
    /// <param name="version">2 or 3.</param>
    /// <param name="rest">Tables before the virtual server.</param>
    /// <param name="files">Further files beside the configuration, in DIR: name to text.</param>
    public static async Task<SegmentGateway> StartAsync(
        SegmentHost host,
        int priority,
        double interval,
        string instance = "",
        string addresses = "\"10.9.0.100/24\"",
        int version = 3,
        string rest = "",
        IReadOnlyDictionary<string, string>? files = null) =>
        Warm(new SegmentGateway(await GatewayProcess.StartAsync(Configure(host, priority, interval, instance, addresses, version, rest), included: files, networkNamespace: host.Namespace), host));

    /// <summary>The text of its file.</summary>
    public static string Configure(SegmentHost host, int priority, double interval, string instance = "", string addresses = "\"10.9.0.100/24\"", int version = 3, string rest = "") =>
        string.Create(CultureInfo.InvariantCulture, $$"""
        pid = "DIR/balancerd.pid"
        error_log = "stderr info"
        [admin]
        listen = "ADMIN"
        [vrrp_instance.VI_1]
        interface = "eth0"
        virtual_router_id = 51
        priority = {{priority}}
        version = {{version}}
        advert_int = "{{(int)(interval * 1000)}}ms"
        virtual_ipaddress = [{{addresses}}]
        {{instance}}
        {{rest}}
        [[server]]
        listen = ["{{(addresses.Contains("10.9.0.100") ? "10.9.0.100:80" : "[::]:80")}}", "{{host.Address}}:{{OwnPort}}"]
        return = "200 {{host.Name}}"
        """);

    /// <summary>Processor time it has used, user and system.</summary>
    public TimeSpan CpuTime => TimeSpan.FromSeconds(Metric("process_cpu_seconds_total"));

    /// <summary>Waits until an instance is in a state.</summary>
    public Task WaitForStateAsync(string state, string instance = "VI_1") =>
        Deadline.UntilAsync(() => State(instance) == state, () => $"{Host.Name} {instance} is {state}; its log:\n{Gateway.Process.Output}");

    /// <summary>Has it go by another file.</summary>
    public Task ReloadAsync(string toml)
    {
        Gateway.WriteConfig(toml);
        return Gateway.ReloadAsync();
    }

    /// <summary>A metric of the instance, asked for on the host itself.</summary>
    public double Metric(string name, params string[] labels) => Metrics.Parse(Get("/metrics")).Sum(name, labels);

    /// <summary>What /status says.</summary>
    public JsonElement Status() => JsonDocument.Parse(Get("/status")).RootElement;

    /// <summary>Kills it: nothing is sent, and the addresses stay.</summary>
    public async Task KillAsync()
    {
        Gateway.Process.Signal(UnixSignal.Kill);
        await Gateway.Process.Exited;
    }

    /// <summary>Stops it in good order.</summary>
    public async Task StopAsync()
    {
        Gateway.Process.Signal(UnixSignal.Term);
        await Deadline.WaitAsync(Gateway.Process.Exited, () => $"{Host.Name} stops; its log:\n{Gateway.Process.Output}");
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    /// <summary>Has it serve some requests, so that what is measured is not how long the runtime takes to compile the way of a request.</summary>
    private static SegmentGateway Warm(SegmentGateway gateway) => Segment.Run(gateway.Host, () =>
    {
        for (var i = 0; i < WarmRequests; i++)
        {
            using var client = new TcpClient();
            client.Connect(gateway.Host.Address, OwnPort);
            client.GetStream().Write("GET / HTTP/1.0\r\n\r\n"u8);
            client.GetStream().ReadExactly(new byte[1]);
        }

        return gateway;
    });

    private string Get(string path) => Segment.Run(Host, () =>
    {
        using var client = new TcpClient();
        client.Connect(Gateway.Admin);
        using var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var response = reader.ReadToEnd();
        return response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    });
}
