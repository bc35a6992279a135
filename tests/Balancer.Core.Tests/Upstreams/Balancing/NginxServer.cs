using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary>One server as nginx keeps it (<c>ngx_http_upstream_rr_peer_t</c>).</summary>
internal sealed class NginxServer(UpstreamServerConfig config, int index)
{
    public readonly UpstreamServerConfig Config = config;
    public readonly int Index = index;
    public long FailTimeout = (long)config.FailTimeout.TotalMilliseconds;
    public int EffectiveWeight = config.Weight;
    public int CurrentWeight;
    public int Conns;
    public int Fails;
    public long Accessed = long.MinValue / 4;
    public long Checked = long.MinValue / 4;

    public bool IsEligible(long now) =>
        !Config.Down
        && !(Config.MaxFails != 0 && Fails >= Config.MaxFails && now - Checked <= FailTimeout)
        && !(Config.MaxConns != 0 && Conns >= Config.MaxConns);
}
