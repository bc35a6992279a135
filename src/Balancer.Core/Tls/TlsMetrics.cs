using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Tls;

/// <summary>The counters of TLS, and the certificates in use. Counting takes no lock.</summary>
internal sealed class TlsMetrics : IMetricsSource
{
    private static readonly string[] FailureNames = [.. Enum.GetValues<TlsFailure>().Select(failure => SnakeCase.Of(failure.ToString()))];

    private readonly StripedCounter[] _failures = [.. FailureNames.Select(_ => new StripedCounter())];
    private readonly StripedCounter[] _handshakes = [new(), new(), new(), new()];
    private IReadOnlyList<TlsCertificate> _certificates = [];

    /// <summary>Handshakes on ports for TLS that turned out to be HTTP without it.</summary>
    public StripedCounter PlainRequests { get; } = new();

    /// <summary>Times new files replaced certificates without a reload.</summary>
    public StripedCounter Renewals { get; } = new();

    /// <summary>Times new files were refused and the old certificates kept.</summary>
    public StripedCounter RefusedRenewals { get; } = new();

    /// <summary>OCSP responses received that can be used.</summary>
    public StripedCounter OcspFetches { get; } = new();

    /// <summary>Times none could be had.</summary>
    public StripedCounter OcspFailures { get; } = new();

    /// <summary>The certificates in use.</summary>
    public IReadOnlyList<TlsCertificate> Certificates
    {
        get => Volatile.Read(ref _certificates);
        set => Volatile.Write(ref _certificates, value);
    }

    /// <summary>Counts a handshake that was done.</summary>
    public void CountHandshake(bool isTls13, bool isResumed) => _handshakes[(isTls13 ? 2 : 0) + (isResumed ? 1 : 0)].Increment();

    /// <summary>Counts a handshake that failed.</summary>
    public void CountFailure(TlsFailure failure) => _failures[(int)failure].Increment();

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        for (var i = 0; i < _handshakes.Length; i++)
        {
            collector.Add(MetricFamilies.TlsHandshakes, _handshakes[i].Value, i < 2 ? "TLSv1.2" : "TLSv1.3", (i & 1) != 0 ? "true" : "false");
        }

        for (var i = 1; i < _failures.Length; i++)
        {
            collector.Add(MetricFamilies.TlsHandshakeFailures, _failures[i].Value, FailureNames[i]);
        }

        collector.Add(MetricFamilies.TlsPlainRequests, PlainRequests.Value);
        collector.Add(MetricFamilies.TlsRenewals, Renewals.Value, "accepted");
        collector.Add(MetricFamilies.TlsRenewals, RefusedRenewals.Value, "refused");
        collector.Add(MetricFamilies.TlsOcspFetches, OcspFetches.Value, "accepted");
        collector.Add(MetricFamilies.TlsOcspFetches, OcspFailures.Value, "failed");
        foreach (var certificate in Certificates.DistinctBy(static certificate => certificate.Path))
        {
            collector.Add(MetricFamilies.TlsCertificateExpiry, certificate.NotAfter.ToUnixTimeSeconds(), certificate.Path);
        }
    }
}
