using System.Net;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>Two gateways that share the address of a segment, each with what it serves; the first is the better one unless they do not preempt.</summary>
internal abstract class GatewayPair : IAsyncDisposable
{
    /// <summary>The first gateway.</summary>
    public const int First = 0;

    /// <summary>The second gateway.</summary>
    public const int Second = 1;

    private readonly EchoService?[] _services = new EchoService?[2];

    protected GatewayPair(double interval, bool preempts)
    {
        Interval = interval;
        Preempts = preempts;
        Capture = SegmentCapture.Start(Segment);
    }

    /// <summary>Where they are.</summary>
    public Segment Segment { get; } = new();

    /// <summary>What they send.</summary>
    public SegmentCapture Capture { get; }

    /// <summary>Asks for what is served over connections.</summary>
    public abstract VipProbe Connections { get; }

    /// <summary>Asks for what is served by datagrams.</summary>
    public VipProbe Datagrams => field ??= new UdpProbe(Segment.Client, Segment.Vip);

    /// <summary>Seconds between two advertisements.</summary>
    protected double Interval { get; }

    /// <summary>Whether the better one takes over from the other.</summary>
    protected bool Preempts { get; }

    /// <summary>Starts both, and both probes.</summary>
    public async Task StartAsync()
    {
        await StartAsync(First);
        await WaitForMasterAsync(First);
        await StartAsync(Second);
        await Task.WhenAll(Connections.StartAsync(), Datagrams.StartAsync());
    }

    /// <summary>Starts a gateway.</summary>
    public async Task StartAsync(int gateway)
    {
        _services[gateway] ??= EchoService.Start(Segment.Gateways[gateway]);
        await StartDaemonAsync(gateway);
    }

    /// <summary>Ends a gateway as a crash does, with all it serves: nothing is sent, and the addresses stay.</summary>
    public async Task CrashAsync(int gateway)
    {
        _services[gateway]!.Dispose();
        _services[gateway] = null;
        await KillDaemonAsync(gateway);
    }

    /// <summary>Ends the daemon of a gateway in good order.</summary>
    public abstract Task StopAsync(int gateway);

    /// <summary>Waits until a gateway is master and the other, where it runs, is not.</summary>
    public Task WaitForMasterAsync(int gateway) =>
        Deadline.UntilAsync(() => IsMaster(gateway) && !IsMaster(1 - gateway), () => $"gateway {gateway + 1} alone is master; {Describe()}");

    /// <summary>Whether a gateway runs and is master.</summary>
    public abstract bool IsMaster(int gateway);

    /// <summary>Waits until a gateway has noticed that its link is down.</summary>
    public abstract Task WaitForFaultAsync(int gateway);

    public async ValueTask DisposeAsync()
    {
        Connections.Dispose();
        Datagrams.Dispose();
        await EndAsync();
        foreach (var service in _services)
        {
            service?.Dispose();
        }

        Capture.Dispose();
        await Segment.DisposeAsync();
    }

    protected abstract Task StartDaemonAsync(int gateway);

    protected abstract Task KillDaemonAsync(int gateway);

    protected abstract Task EndAsync();

    protected abstract string Describe();

    /// <summary>Of a gateway.</summary>
    protected static int PriorityOf(int gateway) => gateway == First ? 110 : 100;
}
