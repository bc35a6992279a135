using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>The counters of the whole process. Any thread; counting takes no lock and allocates nothing.</summary>
/// <param name="requestsInFlight">How many requests are running; asked at every scrape.</param>
internal sealed class GatewayMetrics(Func<long> requestsInFlight) : IMetricsSource
{
    private static readonly string[] HeadErrorNames = [.. Enum.GetValues<HeadError>().Select(error => SnakeCase.Of(error.ToString()))];

    private readonly StripedCounter[] _errors = [.. Enumerable.Range(0, ProxyErrorName.Count).Select(_ => new StripedCounter())];
    private readonly StripedCounter[] _malformed = [.. HeadErrorNames.Select(_ => new StripedCounter())];

    /// <summary>Client connections accepted.</summary>
    public StripedCounter ConnectionsAccepted { get; } = new();

    /// <summary>Client connections, of those accepted, that are closed again.</summary>
    public StripedCounter ConnectionsClosed { get; } = new();

    /// <summary>Client connections, of those accepted, that were closed at once: a limit, or a bad PROXY protocol header.</summary>
    public StripedCounter ConnectionsRefused { get; } = new();

    /// <summary>Connections that have switched to another protocol.</summary>
    public StripedCounter TunnelsOpened { get; } = new();

    /// <summary>Tunnels, of those opened, that are over.</summary>
    public StripedCounter TunnelsClosed { get; } = new();

    /// <summary>Tunnels cut by a stop or reload that could not wait longer.</summary>
    public StripedCounter TunnelsCut { get; } = new();

    /// <summary>Header fields dropped for an underscore in their name.</summary>
    public StripedCounter DroppedHeaderFields { get; } = new();

    /// <summary>The counters of HTTP/2.</summary>
    public Http2Metrics Http2 { get; } = new();

    /// <summary>Requests that were not let in.</summary>
    public AccessMetrics Access { get; } = new();

    /// <summary>Requests that ended with an error.</summary>
    public StripedCounter Errors(ProxyError error) => _errors[(int)error];

    /// <summary>Requests whose head was refused.</summary>
    public StripedCounter Malformed(HeadError error) => _malformed[(int)error];

    /// <summary>Counts a request that is over, here and in its location.</summary>
    public void Count(HttpExchange exchange, LocationMetrics location)
    {
        location.Count(exchange);
        if (exchange.Request.Version == 20)
        {
            Http2.Requests.Increment();
        }

        if (exchange.Error != ProxyError.None)
        {
            _errors[(int)exchange.Error].Increment();
        }

        if (exchange.Request.DroppedFields > 0)
        {
            DroppedHeaderFields.Add(exchange.Request.DroppedFields);
        }
    }

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        collector.Add(MetricFamilies.RequestsInFlight, requestsInFlight());
        collector.Add(MetricFamilies.DroppedHeaderFields, DroppedHeaderFields.Value);

        // In this order a connection that opens and closes in between makes the result too large, never negative.
        var closed = ConnectionsClosed.Value;
        var accepted = ConnectionsAccepted.Value;
        collector.Add(MetricFamilies.ConnectionsAccepted, accepted);
        collector.Add(MetricFamilies.ConnectionsRefused, ConnectionsRefused.Value);
        collector.Add(MetricFamilies.ConnectionsActive, accepted - closed);
        var tunnelsClosed = TunnelsClosed.Value;
        var tunnelsOpened = TunnelsOpened.Value;
        collector.Add(MetricFamilies.TunnelsOpened, tunnelsOpened);
        collector.Add(MetricFamilies.TunnelsActive, tunnelsOpened - tunnelsClosed);
        collector.Add(MetricFamilies.TunnelsCut, TunnelsCut.Value);
        Http2.Collect(collector);
        Access.Collect(collector);
        for (var i = 1; i < _errors.Length; i++)
        {
            collector.Add(MetricFamilies.RequestErrors, _errors[i].Value, ProxyErrorName.Text((ProxyError)i));
        }

        for (var i = 1; i < _malformed.Length; i++)
        {
            collector.Add(MetricFamilies.MalformedRequests, _malformed[i].Value, HeadErrorNames[i]);
        }
    }
}
