using Balancer.Tls.Ocsp;
using Microsoft.Extensions.Logging;

namespace Balancer.Tls;

/// <summary>What all virtual servers share for TLS, and no reload replaces.</summary>
internal sealed class TlsServices
{
    /// <summary>Makes them.</summary>
    /// <param name="time">Tells the time.</param>
    /// <param name="loggers">Makes loggers.</param>
    public TlsServices(TimeProvider time, ILoggerFactory loggers)
    {
        Time = time;
        Tickets = new TicketKeyRing(time);
        Log = new TlsLog(loggers.CreateLogger("Balancer.Tls"));
        Ocsp = new OcspRefresher(time, Metrics, Log);
    }

    /// <summary>Tells the time.</summary>
    public TimeProvider Time { get; }

    /// <summary>The keys of session tickets.</summary>
    public TicketKeyRing Tickets { get; }

    /// <summary>The counters.</summary>
    public TlsMetrics Metrics { get; } = new();

    /// <summary>The events.</summary>
    public TlsLog Log { get; }

    /// <summary>The status of certificates.</summary>
    public OcspRefresher Ocsp { get; }
}
