using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>The counters of one location. They outlive a reload as long as virtual server and location keep their names (<see cref="TrafficMetrics"/>).</summary>
internal sealed class LocationMetrics(string virtualServer, string location)
{
    private readonly StripedCounter[] _requests = [.. Enumerable.Range(0, CodeClass.Count).Select(_ => new StripedCounter())];

    /// <summary>First name of the virtual server, as configured.</summary>
    public string VirtualServer { get; } = virtualServer;

    /// <summary>The location text, as configured; empty for what is answered outside any location.</summary>
    public string Location { get; } = location;

    /// <summary>Times from first byte to last.</summary>
    public StripedHistogram Duration { get; } = new();

    /// <summary>Bytes received.</summary>
    public StripedCounter ReceivedBytes { get; } = new();

    /// <summary>Bytes sent.</summary>
    public StripedCounter SentBytes { get; } = new();

    /// <summary>Requests of a class of <see cref="CodeClass"/>.</summary>
    public StripedCounter Requests(int codeClass) => _requests[codeClass];

    /// <summary>Counts a request that is over: <see cref="HttpExchange.EndTimestamp"/> is set. Any thread; no lock, no allocation.</summary>
    public void Count(HttpExchange exchange)
    {
        _requests[CodeClass.Of(exchange.Status)].Increment();
        Duration.Record(exchange.ElapsedTicks);
        ReceivedBytes.Add(exchange.RequestLength);
        SentBytes.Add(exchange.BytesSent);
    }
}
