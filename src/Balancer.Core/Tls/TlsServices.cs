using Microsoft.Extensions.Logging;

namespace Balancer.Tls;

/// <summary>What all virtual servers share for TLS, and no reload replaces.</summary>
/// <param name="time">Tells the time.</param>
/// <param name="loggers">Makes loggers.</param>
internal sealed class TlsServices(TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Tells the time.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>The keys of session tickets.</summary>
    public TicketKeyRing Tickets { get; } = new(time);

    /// <summary>The counters.</summary>
    public TlsMetrics Metrics { get; } = new();

    /// <summary>The events.</summary>
    public TlsLog Log { get; } = new(loggers.CreateLogger("Balancer.Tls"));
}
