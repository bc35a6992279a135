using System.Net;
using Balancer.Failover.Linux;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>
/// Two gateways and a client on one layer-2 segment, as network namespaces of one scenario: gw1 is 10.9.0.1, gw2 10.9.0.2, cl 10.9.0.9, and fd00:9::1, ::2, ::9
/// beside them. The virtual addresses are there to be taken. Torn down with the scenario, together with what runs in it.
/// </summary>
internal sealed class Segment : IAsyncDisposable
{
    private const string Bridge = "br0";

    // A host's eth0 must not have the number of the switch's port: the kernel would take the pair for hardware, and tell changes of carrier once a second at most.
    private const int FirstPortIndex = 100;

    private static readonly string Prefix = $"seg{Environment.ProcessId:x}";
    private static int s_count;

    private readonly string _switch;
    private readonly List<ChildProcess> _processes = [];
    private int _nextPort = FirstPortIndex;

    public Segment()
    {
        var id = $"{Prefix}-{Interlocked.Increment(ref s_count)}";
        _switch = $"{id}sw";
        Gateway1 = new SegmentHost("gw1", $"{id}gw1", 1);
        Gateway2 = new SegmentHost("gw2", $"{id}gw2", 2);
        Client = new SegmentHost("cl", $"{id}cl", 9);
        try
        {
            SetUp();
        }
        catch
        {
            DeleteNamespaces();
            throw;
        }
    }

    /// <summary>An address for the gateways to share.</summary>
    public static IPAddress Vip { get; } = IPAddress.Parse("10.9.0.100");

    /// <summary>An IPv6 address for the gateways to share.</summary>
    public static IPAddress Vip6 { get; } = IPAddress.Parse("fd00:9::100");

    /// <summary>The first gateway.</summary>
    public SegmentHost Gateway1 { get; }

    /// <summary>The second gateway.</summary>
    public SegmentHost Gateway2 { get; }

    /// <summary>Who asks.</summary>
    public SegmentHost Client { get; }

    /// <summary>Both gateways.</summary>
    public SegmentHost[] Gateways => [Gateway1, Gateway2];

    private SegmentHost[] Hosts => [Gateway1, Gateway2, Client];

    /// <summary>Runs ip(8) on a host.</summary>
    /// <returns>Its output.</returns>
    public static string Ip(SegmentHost host, string arguments) => IpCommand.Run($"-n {host.Namespace} {arguments}");

    /// <summary>Runs code on a host: sockets that it opens stay there.</summary>
    public static T Run<T>(SegmentHost host, Func<T> code) => NamespaceThread.Run(host.Namespace, code);

    /// <summary>Runs code where all ports of the switch are.</summary>
    public T RunOnSwitch<T>(Func<T> code) => NamespaceThread.Run(_switch, code);

    /// <summary>Starts a program on a host. It is ended with the segment at the latest.</summary>
    public ChildProcess Start(SegmentHost host, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = ChildProcess.Start(IpCommand.Path!, ["netns", "exec", host.Namespace, program, .. arguments], environment);
        _processes.Add(process);
        return process;
    }

    /// <summary>Whether a host has an address now.</summary>
    public static bool Has(SegmentHost host, IPAddress address) => Ip(host, "-o addr show").Contains($" {address}/", StringComparison.Ordinal);

    /// <summary>Sets an interface of a host up or down, as its administrator would.</summary>
    public static void SetLink(SegmentHost host, bool up, string name = "eth0") => Ip(host, $"link set {name} {(up ? "up" : "down")}");

    /// <summary>Gives a host a second interface on the segment, eth1, with a link-local address.</summary>
    public void AddLink(SegmentHost host)
    {
        Plug(host, "eth1", $"{host.SwitchPort}-1");
        Ip(host, $"addr add {host.SecondLinkLocal}/64 dev eth1 nodad");
    }

    /// <summary>Plugs a host's cable in or out: eth0 stays up and loses its carrier.</summary>
    public void SetCarrier(SegmentHost host, bool on) => InSwitch($"link set {host.SwitchPort} {(on ? "up" : "down")}");

    /// <summary>Lets the switch forward nothing from or to a host any more, while its link stays up; or everything again.</summary>
    public void SetIsolated(SegmentHost host, bool isolated) => InSwitch($"link set {host.SwitchPort} {(isolated ? "nomaster" : $"master {Bridge}")}");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        // Programs may have started others that outlive them; everything in these namespaces is of this scenario.
        foreach (var host in Hosts)
        {
            foreach (var process in IpCommand.Run($"netns pids {host.Namespace}").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Kill(int.Parse(process));
            }
        }

        DeleteNamespaces();
    }

    private static void Kill(int process)
    {
        try
        {
            Native.Kill(process, UnixSignal.Kill);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private void SetUp()
    {
        foreach (var name in (string[])[_switch, .. Hosts.Select(h => h.Namespace)])
        {
            IpCommand.Run($"netns add {name}");
            IpCommand.Run($"-n {name} link set lo up");
        }

        InSwitch($"link add {Bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        InSwitch($"link set {Bridge} up");
        foreach (var host in Hosts)
        {
            Plug(host, $"eth0 address {host.Hardware}", host.SwitchPort);
            Ip(host, $"addr add {host.Address}/24 dev eth0");
            Ip(host, $"addr add {host.Address6}/64 dev eth0 nodad");
            Ip(host, $"addr add {host.LinkLocal}/64 dev eth0 nodad");
        }
    }

    private void Plug(SegmentHost host, string link, string port)
    {
        InSwitch($"link add {port} index {_nextPort++} type veth peer name {link} netns {host.Namespace}");
        InSwitch($"link set {port} master {Bridge} up");

        // Addresses that can be used at once: the kernel's own link-local one is looked into first.
        var name = link.Split(' ')[0];
        Ip(host, $"link set {name} addrgenmode none");
        Ip(host, $"link set {name} up");
    }

    private void InSwitch(string arguments) => IpCommand.Run($"-n {_switch} {arguments}");

    private void DeleteNamespaces()
    {
        foreach (var name in (string[])[.. Hosts.Select(h => h.Namespace), _switch])
        {
            if (File.Exists($"/run/netns/{name}"))
            {
                IpCommand.Run($"netns del {name}");
            }
        }
    }
}
