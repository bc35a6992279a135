namespace Balancer.Upstreams.Balancing;

/// <summary>One request as nginx balances it (<c>ngx_http_upstream_rr_peer_data_t</c>).</summary>
internal sealed class NginxRequest
{
    public HashSet<NginxServer> Tried { get; } = [];

    public bool OnBackup { get; set; }

    public int Tries { get; set; }
}
