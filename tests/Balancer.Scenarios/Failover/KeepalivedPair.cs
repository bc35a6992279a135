using System.Net;

namespace Balancer.Failover;

/// <summary>Two keepalived; connections are to a service beside them.</summary>
internal sealed class KeepalivedPair(double interval, bool preempts = true) : GatewayPair(interval, preempts)
{
    private readonly KeepalivedProcess?[] _daemons = new KeepalivedProcess?[2];

    public override VipProbe Connections => field ??= new TcpProbe(Segment.Client, new IPEndPoint(Segment.Vip, EchoService.Port));

    public override bool IsMaster(int gateway) => _daemons[gateway] is { } daemon && !daemon.Process.Exited.IsCompleted && daemon.StateOf() == "MASTER";

    public override Task WaitForFaultAsync(int gateway) => _daemons[gateway]!.WaitForStateAsync("FAULT");

    public override Task StopAsync(int gateway) => _daemons[gateway]!.StopAsync();

    protected override async Task StartDaemonAsync(int gateway)
    {
        if (_daemons[gateway] is { } former)
        {
            await former.DisposeAsync();
        }

        _daemons[gateway] = await KeepalivedProcess.StartAsync(
            Segment, Segment.Gateways[gateway], KeepalivedProcess.Configure(PriorityOf(gateway), Interval, instance: Preempts ? "" : "nopreempt"));
    }

    protected override Task KillDaemonAsync(int gateway) => _daemons[gateway]!.KillAsync();

    protected override async Task EndAsync()
    {
        foreach (var daemon in _daemons)
        {
            await (daemon?.DisposeAsync() ?? default);
        }
    }

    protected override string Describe() => string.Join('\n', _daemons.Select(d => d?.Log));
}
