using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>Requests that were not let in, by what kept them out. Any thread; counting takes no lock and allocates nothing.</summary>
internal sealed class AccessMetrics : IMetricsSource
{
    /// <summary>By <c>allow</c> and <c>deny</c>.</summary>
    public StripedCounter Address { get; } = new();

    /// <summary>By <c>auth_basic</c>, for they brought no user and password.</summary>
    public StripedCounter NoCredentials { get; } = new();

    /// <summary>By <c>auth_basic</c>, for user or password were wrong.</summary>
    public StripedCounter WrongCredentials { get; } = new();

    /// <summary>By <c>auth_request</c>.</summary>
    public StripedCounter AuthRequest { get; } = new();

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        collector.Add(MetricFamilies.AccessDenied, Address.Value, "address");
        collector.Add(MetricFamilies.AccessDenied, NoCredentials.Value, "no_credentials");
        collector.Add(MetricFamilies.AccessDenied, WrongCredentials.Value, "wrong_credentials");
        collector.Add(MetricFamilies.AccessDenied, AuthRequest.Value, "auth_request");
    }
}
