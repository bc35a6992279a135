namespace Balancer.Observability.Metrics;

/// <summary>The counters of all locations, kept over reloads.</summary>
internal sealed class TrafficMetrics : IMetricsSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string VirtualServer, string Location), LocationMetrics> _locations = [];

    /// <summary>The counters of a location, made when they are asked for the first time. Called while a snapshot is built; locations of the same name share them.</summary>
    /// <param name="virtualServer">First name of the virtual server, as configured.</param>
    /// <param name="location">The location text, as configured; empty for what is answered outside any location.</param>
    public LocationMetrics Of(string virtualServer, string location)
    {
        lock (_lock)
        {
            if (!_locations.TryGetValue((virtualServer, location), out var metrics))
            {
                _locations[(virtualServer, location)] = metrics = new LocationMetrics(virtualServer, location);
            }

            return metrics;
        }
    }

    /// <summary>Forgets all locations but those of the snapshot in use. Called after a snapshot took over or was given up.</summary>
    public void Retain(IEnumerable<LocationMetrics> inUse)
    {
        var kept = inUse.ToHashSet();
        lock (_lock)
        {
            foreach (var (key, metrics) in _locations)
            {
                if (!kept.Contains(metrics))
                {
                    _locations.Remove(key);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        LocationMetrics[] locations;
        lock (_lock)
        {
            locations = [.. _locations.Values];
        }

        foreach (var location in locations)
        {
            var (server, name) = (location.VirtualServer, location.Location);
            for (var i = 0; i < CodeClass.Count; i++)
            {
                // Every class is there from the start, so that rates are right from the first request on; "none" only once it happened.
                var count = location.Requests(i).Value;
                if (i > 0 || count > 0)
                {
                    collector.Add(MetricFamilies.Requests, count, server, name, CodeClass.Name(i));
                }
            }

            collector.Add(MetricFamilies.RequestDuration, location.Duration, server, name);
            collector.Add(MetricFamilies.ReceivedBytes, location.ReceivedBytes.Value, server, name);
            collector.Add(MetricFamilies.SentBytes, location.SentBytes.Value, server, name);
        }
    }
}
