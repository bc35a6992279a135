using Balancer.Access;
using Balancer.Http;
using Balancer.Limits;
using Balancer.Observability.Logging;
using Balancer.Observability.Metrics;
using Balancer.Observability.Tracing;
using Balancer.Rewriting;
using Balancer.Rewriting.Cors;

namespace Balancer.Routing;

/// <summary>A <c>[[server.location]]</c> as requests run on it: immutable, compiled from the configuration.</summary>
internal sealed record Location
{
    /// <summary>The location text as configured: the label of metrics.</summary>
    public required string Name { get; init; }

    /// <summary>What the gateway answers itself; wins over <see cref="Proxy"/>.</summary>
    public ReturnAction? Return { get; init; }

    /// <summary>Where requests are passed to; null when the location answers itself.</summary>
    public ProxyAction? Proxy { get; init; }

    /// <summary>Where files are taken from; null when the location has none.</summary>
    public FileFolder? Files { get; init; }

    /// <summary>Where redirects within the gateway lead from here.</summary>
    public required InternalRoutes Routes { get; init; }

    /// <summary>Whether only such redirects lead here (<c>internal</c>).</summary>
    public bool IsInternal { get; init; }

    /// <summary>What is done with the path of requests before anything else; null for nothing.</summary>
    public RewriteScript? Rewrite { get; init; }

    /// <summary>What answers requests that fail (<c>error_page</c>); null when their status' own page does.</summary>
    public ErrorPages? ErrorPages { get; init; }

    /// <summary>Whether <see cref="ErrorPages"/> hold for responses of upstream servers too (<c>proxy_intercept_errors</c>).</summary>
    public bool InterceptsErrors { get; init; }

    /// <summary>How long responses may be kept (<c>expires</c>); null leaves what servers say.</summary>
    public Expires? Expires { get; init; }

    /// <summary>Which scripts of other origins may use the location (<c>cors</c>); null leaves it to the servers.</summary>
    public CorsPolicy? Cors { get; init; }

    /// <summary>What the gateway says of itself here; null when nothing.</summary>
    public MonitorAction? Monitor { get; init; }

    /// <summary>Limits and timeouts of the client side.</summary>
    public required DownstreamLimits Limits { get; init; }

    /// <summary>How many requests are let through; null when all are.</summary>
    public TrafficLimits? TrafficLimits { get; init; }

    /// <summary>Who may say who the client is; null when nobody.</summary>
    public RealIp? RealIp { get; init; }

    /// <summary>Who may use it; null when everybody may.</summary>
    public AccessPolicy? Access { get; init; }

    /// <summary>Another policy for some methods; null without.</summary>
    public MethodLimit? LimitExcept { get; init; }

    /// <summary>Where requests are logged.</summary>
    public AccessLog[] AccessLogs { get; init; } = [];

    /// <summary>Whether the head sent is kept for the logs.</summary>
    public bool KeepsSentHead { get; init; }

    /// <summary>Which requests are traced; null when none is, and no trace passed on.</summary>
    public TracePolicy? Tracing { get; init; }

    /// <summary>Where requests are counted.</summary>
    public required LocationMetrics Metrics { get; init; }

    /// <summary>Fields every response gets (<c>add_header</c>).</summary>
    public required AddedField[] AddedFields { get; init; }

    /// <summary>Trailers responses get (<c>add_trailer</c>); null for none.</summary>
    public AddedTrailer[]? AddedTrailers { get; init; }

    /// <summary>Who may make a request here; null when everybody may.</summary>
    public AccessPolicy? AccessOf(RequestHead request) => LimitExcept is null ? Access : LimitExcept.PolicyOf(request, Access);
}
