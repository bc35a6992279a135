using System.Net;

namespace Balancer.Failover;

/// <summary>Two balancerd; connections are asked for a response of the proxy itself.</summary>
internal sealed class BalancerPair(double interval, bool preempts = true) : GatewayPair(interval, preempts)
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: vip\r\n\r\n"u8.ToArray();
    private readonly SegmentGateway?[] _daemons = new SegmentGateway?[2];

    public override VipProbe Connections => field ??= new TcpProbe(Segment.Client, new IPEndPoint(Segment.Vip, SegmentGateway.Port), Request);

    public override bool IsMaster(int gateway) => _daemons[gateway] is { } daemon && !daemon.Gateway.Process.Exited.IsCompleted && daemon.State() == "master";

    public override Task WaitForFaultAsync(int gateway) => _daemons[gateway]!.WaitForStateAsync("fault");

    public override Task StopAsync(int gateway) => _daemons[gateway]!.StopAsync();

    protected override async Task StartDaemonAsync(int gateway)
    {
        var host = Segment.Gateways[gateway];
        if (_daemons[gateway] is { } former)
        {
            await former.DisposeAsync();
        }

        _daemons[gateway] = await SegmentGateway.StartAsync(host, PriorityOf(gateway), Interval, Preempts ? "" : "nopreempt = true");
    }

    protected override Task KillDaemonAsync(int gateway) => _daemons[gateway]!.KillAsync();

    protected override async Task EndAsync()
    {
        foreach (var daemon in _daemons)
        {
            await (daemon?.DisposeAsync() ?? default);
        }
    }

    protected override string Describe() => string.Join('\n', _daemons.Select(d => d?.Gateway.Process.Output));
}
