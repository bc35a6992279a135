using Balancer.Access.Passwords;
using Balancer.Http.Http2;
using Balancer.Infrastructure;
using Balancer.Limits;
using Balancer.Observability.Logging;
using Balancer.Observability.Metrics;
using Balancer.Observability.Tracing;
using Balancer.Proxy.Http2Upstream;
using Balancer.Proxy.SelfProbing;
using Balancer.Tls;
using Balancer.Transport;
using Balancer.Upstreams;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>What all requests of a gateway share and no reload replaces.</summary>
internal sealed class GatewayServices : IDisposable
{
    private readonly long _begun;
    private long _connections;

    /// <param name="loggers">Makes loggers.</param>
    /// <param name="time">The time source.</param>
    /// <param name="logs">Opens the access logs.</param>
    public GatewayServices(ILoggerFactory loggers, TimeProvider time, ILogDestinationOpener logs)
    {
        Loggers = loggers;
        Counters = new GatewayMetrics(() => RequestsRunning());
        Time = time;
        _begun = time.GetTimestamp();
        Heartbeat = new Heartbeat(time);
        Guards = new GuardPool(Heartbeat.Wheel);
        WallClock = new WallClock(time);
        Connector = new Connector(loggers);
        Upstreams = new UpstreamServices(Clock, loggers);
        AccessLogs = new AccessLogRegistry(logs, time, loggers.CreateLogger<AccessLogRegistry>());
        Reloads = new ReloadMetrics(time);
        Metrics.Add(Counters, Traffic, Reloads, new LogMetrics(AccessLogs), new BuildMetrics(), new ProcessMetrics(), new RuntimeMetrics());
        Limits = new LimitZones(time);
        LimitLog = new LimitLog(loggers);
        Metrics.Add(new LimitMetrics(Limits));
        var traces = new TraceMetrics();
        SpanExports = new SpanExportRegistry(traces, new TraceLog(loggers.CreateLogger("Balancer.Tracing")));
        Metrics.Add(traces);
        Tls = new TlsServices(time, loggers);
        Metrics.Add(Tls.Metrics);
        AccessLogger = loggers.CreateLogger("Balancer.Access");
        Log = new ProxyLog(loggers.CreateLogger("Balancer.Proxy"));
        Http2Clients = new Http2Clients(this);
        Probes = new ProbeService(this);
    }

    /// <summary>Makes loggers.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>The time source.</summary>
    public TimeProvider Time { get; }

    /// <summary>The one timer.</summary>
    public Heartbeat Heartbeat { get; }

    /// <summary>The coarse clock.</summary>
    public CoarseClock Clock => Heartbeat.Clock;

    /// <summary>The time of day as text.</summary>
    public WallClock WallClock { get; }

    /// <summary>Guards of waits.</summary>
    public GuardPool Guards { get; }

    /// <summary>Serves HTTP/2 connections.</summary>
    public Http2Server Http2 { get; } = new();

    /// <summary>Dials upstream servers.</summary>
    public Connector Connector { get; }

    /// <summary>Speaks HTTP/2 with upstream servers.</summary>
    public Http2Clients Http2Clients { get; }

    /// <summary>What pools are built with.</summary>
    public UpstreamServices Upstreams { get; }

    /// <summary>The access log files.</summary>
    public AccessLogRegistry AccessLogs { get; }

    /// <summary>How many requests run, on any snapshot; asked for metrics.</summary>
    public Func<long> RequestsRunning { get; set; } = static () => 0;

    /// <summary>Whether the gateway takes its leave.</summary>
    public Func<bool> IsDraining { get; set; } = static () => false;

    /// <summary>For how long the gateway has been there.</summary>
    public TimeSpan Uptime => Time.GetElapsedTime(_begun);

    /// <summary>Verifies passwords.</summary>
    public PasswordGate Passwords { get; } = PasswordGate.ForThisMachine();

    /// <summary>Gets the events of who is let in.</summary>
    public ILogger AccessLogger { get; }

    /// <summary>The counters of the process.</summary>
    public GatewayMetrics Counters { get; }

    /// <summary>The counters of locations.</summary>
    public TrafficMetrics Traffic { get; } = new();

    /// <summary>How loading the configuration went.</summary>
    public ReloadMetrics Reloads { get; }

    /// <summary>What virtual servers share for TLS.</summary>
    public TlsServices Tls { get; }

    /// <summary>The ends of the connections that the gateway opens to itself.</summary>
    public ProbePeers ProbePeers { get; } = new();

    /// <summary>Answers them.</summary>
    public ProbeService Probes { get; }

    /// <summary>What limits know of their keys.</summary>
    public LimitZones Limits { get; }

    /// <summary>The events of limits.</summary>
    public LimitLog LimitLog { get; }

    /// <summary>Where spans go.</summary>
    public SpanExportRegistry SpanExports { get; }

    /// <summary>All metrics.</summary>
    public MetricsRegistry Metrics { get; } = new();

    /// <summary>The events of requests.</summary>
    public ProxyLog Log { get; }

    /// <summary>A number for a new client connection (<c>$connection</c>).</summary>
    public long NextConnectionSerial() => Interlocked.Increment(ref _connections);

    /// <inheritdoc/>
    public void Dispose()
    {
        Http2Clients.Dispose();
        Passwords.Dispose();
        Heartbeat.Dispose();
        Connector.Dispose();
    }
}
