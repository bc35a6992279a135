using Balancer.Configuration;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Observability.Metrics;
using Balancer.Tls;

namespace Balancer.Routing;

/// <summary>A <c>[[server]]</c> block as requests run on it: immutable, compiled from the configuration.</summary>
internal sealed class VirtualServer
{
    /// <summary>The first name (<c>$server_name</c>); empty without one.</summary>
    public required byte[] Name { get; init; }

    /// <summary>Limits of request heads.</summary>
    public required HeadLimits HeadLimits { get; init; }

    /// <summary>Milliseconds a head may take (<c>client_header_timeout</c>).</summary>
    public required long HeaderTimeout { get; init; }

    /// <summary>How clients speak HTTP/2; null when they may not (<c>http2</c>).</summary>
    public Http2Limits? Http2 { get; init; }

    /// <summary>TLS on its addresses that speak it; null when it has no certificate.</summary>
    public TlsServer? Tls { get; init; }

    /// <summary>Whether requests are refused unless their client has shown a certificate, or unless the one it has shown is good.</summary>
    public bool VerifiesClients => Tls is { Verification: not TlsClientVerification.Off };

    /// <summary>What applies to requests that reach no location of their own: <c>return</c> at this level, 400 and 404.</summary>
    public required Location Fallback { get; init; }

    /// <summary>The counters of its locations, and of its fallback.</summary>
    public required IReadOnlyList<LocationMetrics> Metrics { get; init; }

    /// <summary>The locations.</summary>
    public required LocationTable<Location> Locations { get; init; }
}
