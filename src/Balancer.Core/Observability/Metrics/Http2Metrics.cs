using Balancer.Http.Http2;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>The counters of HTTP/2 towards clients. Any thread; counting takes no lock and allocates nothing.</summary>
internal sealed class Http2Metrics : IMetricsSource
{
    private static readonly string[] CodeNames = [.. Enum.GetValues<Http2ErrorCode>().Select(code => SnakeCase.Of(code.ToString()))];

    private readonly StripedCounter[] _faults = [.. Enumerable.Range(0, Http2Faults.Count).Select(_ => new StripedCounter())];
    private readonly StripedCounter[] _codes = [.. CodeNames.Select(_ => new StripedCounter())];

    /// <summary>Connections on which clients spoke HTTP/2.</summary>
    public StripedCounter ConnectionsOpened { get; } = new();

    /// <summary>Of these, those that are closed again.</summary>
    public StripedCounter ConnectionsClosed { get; } = new();

    /// <summary>Requests received on them.</summary>
    public StripedCounter Requests { get; } = new();

    /// <summary>Counts a connection that ended with an error.</summary>
    public void Count(Http2Fault fault, Http2ErrorCode code)
    {
        _faults[(int)fault].Increment();
        _codes[Math.Min((int)code, _codes.Length - 1)].Increment();
    }

    /// <summary>How many connections ended for a fault.</summary>
    public long Faults(Http2Fault fault) => _faults[(int)fault].Value;

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        var closed = ConnectionsClosed.Value;
        var opened = ConnectionsOpened.Value;
        collector.Add(MetricFamilies.Http2Connections, opened);
        collector.Add(MetricFamilies.Http2ConnectionsActive, opened - closed);
        collector.Add(MetricFamilies.Http2Requests, Requests.Value);
        for (var i = 1; i < _codes.Length; i++)
        {
            collector.Add(MetricFamilies.Http2ConnectionErrors, _codes[i].Value, CodeNames[i]);
        }

        for (var i = 1; i < _faults.Length; i++)
        {
            collector.Add(MetricFamilies.Http2Faults, _faults[i].Value, Http2Faults.Name((Http2Fault)i));
        }
    }
}
