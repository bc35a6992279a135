using Balancer.Configuration;
using Balancer.Observability.Metrics;
using Balancer.Observability.Status;

namespace Balancer.Upstreams;

/// <summary>Reads the state of pools for <c>/status</c> and the readiness probe.</summary>
internal static class UpstreamStatusReader
{
    /// <summary>The state of a pool now.</summary>
    public static UpstreamStatus Read(Upstream upstream) => new(
        upstream.Name,
        Method(upstream.Config.Balancing),
        upstream.State.Queue.Count,
        upstream.State.IdleConnections.Count,
        [.. upstream.Servers.All.Select(Read)]);

    private static UpstreamServerStatus Read(UpstreamServer server)
    {
        var (condition, reason) = Condition(server);
        var metrics = server.State.Metrics;
        return new UpstreamServerStatus
        {
            Server = server.Label,
            Address = server.Address,
            State = condition,
            Reason = reason,
            IsBackup = server.Config.Backup,
            Weight = server.Config.Weight,
            Active = server.State.Conns,
            MaxConns = server.Config.MaxConns,
            Idle = server.State.Connections.Idle,
            Fails = server.State.Fails,
            Requests = [.. Enumerable.Range(0, CodeClass.Count).Select(i => metrics.Requests(i).Value)],
            Failures = Enum.GetValues<UpstreamFailure>().Sum(reason => metrics.Failures(reason).Value),
            SentBytes = metrics.BytesSent.Value,
            ReceivedBytes = metrics.BytesReceived.Value,
        };
    }

    private static (UpstreamServerCondition Condition, string? Reason) Condition(UpstreamServer server)
    {
        if (server.Config.Down)
        {
            return (UpstreamServerCondition.Down, "marked down in the configuration");
        }

        if (server.Config.Drain)
        {
            return (UpstreamServerCondition.Draining, "marked drain in the configuration");
        }

        if (server.State.IsHeldOut)
        {
            return (UpstreamServerCondition.Unhealthy, "held out by a health check");
        }

        return server.IsEjected
            ? (UpstreamServerCondition.Ejected, $"{server.State.Fails} failures, max_fails={server.Config.MaxFails}")
            : (UpstreamServerCondition.Up, null);
    }

    private static string Method(BalancingConfig balancing) => balancing.Method switch
    {
        BalancingMethod.LeastConnections => "least_conn",
        BalancingMethod.IpHash => "ip_hash",
        BalancingMethod.Hash => balancing.HashConsistent ? "hash consistent" : "hash",
        BalancingMethod.Random => balancing.RandomTwo ? "random two" : "random",
        BalancingMethod.LeastTime => "least_time",
        _ => "round_robin",
    };
}
