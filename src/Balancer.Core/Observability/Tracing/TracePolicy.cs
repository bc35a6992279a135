using System.Diagnostics;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Tracing;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Observability.Tracing;

/// <summary>The <c>otel_*</c> settings of a location, compiled: which of its requests are traced, and what their span is like.</summary>
internal sealed class TracePolicy
{
    /// <summary>Whether to trace (<c>otel_trace</c>); null for <c>off</c>.</summary>
    public TextTemplate? Switch { get; init; }

    /// <summary>What is done with the caller's trace.</summary>
    public TraceContextMode Context { get; init; }

    /// <summary>The name of the gateway's span; null for the location's.</summary>
    public TextTemplate? SpanName { get; init; }

    /// <summary>Further attributes of the gateway's span.</summary>
    public IReadOnlyList<(string Name, TextTemplate Value)> Attributes { get; init; } = [];

    /// <summary>Where spans go; null where nothing is traced.</summary>
    public ISpanSink? Sink { get; init; }

    /// <summary>Decides about a request, once.</summary>
    public void Begin(HttpExchange exchange)
    {
        var trace = exchange.Trace;
        if ((Context & TraceContextMode.Extract) != 0)
        {
            trace.Extract(exchange.Request);
        }

        trace.IsInjected = (Context & TraceContextMode.Inject) != 0;
        if (Sink is not null && IsTraced(exchange))
        {
            trace.Record(Spans.Start("request", ActivityKind.Server, Spans.ContextOf(trace), exchange.StartTimestamp), Sink);
        }
    }

    private bool IsTraced(HttpExchange exchange)
    {
        if (Switch is not { } text)
        {
            return false;
        }

        if (text.IsConstant)
        {
            return text.Constant is [(byte)'o', (byte)'n'];
        }

        var written = WorkerPool<HeadWriter>.Rent();
        text.Write(exchange, written);
        var isTraced = written.Written is [(byte)'o', (byte)'n'] or [(byte)'1'];
        written.Reset();
        WorkerPool<HeadWriter>.Return(written);
        return isTraced;
    }
}
