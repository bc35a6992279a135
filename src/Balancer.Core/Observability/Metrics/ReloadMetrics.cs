namespace Balancer.Observability.Metrics;

/// <summary>How loading the configuration went. Any thread.</summary>
internal sealed class ReloadMetrics(TimeProvider time) : IMetricsSource
{
    private readonly Lock _lock = new();
    private long _succeeded;
    private long _failed;
    private bool _lastSucceeded = true;
    private DateTimeOffset _lastSuccess = time.GetUtcNow();

    /// <summary>Notes that a configuration took over; the one at start needs no note.</summary>
    public void Succeeded()
    {
        lock (_lock)
        {
            _succeeded++;
            _lastSucceeded = true;
            _lastSuccess = time.GetUtcNow();
        }
    }

    /// <summary>Notes that a configuration was refused and the one in use was kept.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _failed++;
            _lastSucceeded = false;
        }
    }

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        lock (_lock)
        {
            collector.AddFlag(MetricFamilies.ReloadSuccessful, _lastSucceeded);
            collector.Add(MetricFamilies.ReloadTimestamp, _lastSuccess.ToUnixTimeMilliseconds() / 1000.0);
            collector.Add(MetricFamilies.Reloads, _succeeded, "success");
            collector.Add(MetricFamilies.Reloads, _failed, "failure");
        }
    }
}
