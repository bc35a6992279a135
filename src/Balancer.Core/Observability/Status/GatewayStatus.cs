namespace Balancer.Observability.Status;

/// <summary>The state of the gateway at one moment, as <c>GET /status</c> shows it.</summary>
internal sealed record GatewayStatus
{
    /// <summary>Version of balancerd.</summary>
    public required string Version { get; init; }

    /// <summary>Process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When this was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether it is stopping.</summary>
    public required bool IsDraining { get; init; }

    /// <summary>The configuration in use.</summary>
    public required ConfigurationStatus Configuration { get; init; }

    /// <summary>Addresses connections are accepted on.</summary>
    public required IReadOnlyList<ListenerStatus> Listeners { get; init; }

    /// <summary>Virtual servers in the order of the file.</summary>
    public required IReadOnlyList<VirtualServerStatus> VirtualServers { get; init; }

    /// <summary>Pools in the order of the file.</summary>
    public required IReadOnlyList<UpstreamStatus> Upstreams { get; init; }

    /// <summary>Virtual routers in the order of the file.</summary>
    public IReadOnlyList<VirtualRouterStatus> VirtualRouters { get; init; } = [];

    /// <summary>Sums since the process started.</summary>
    public required TotalsStatus Totals { get; init; }
}
