namespace Balancer.Configuration;

/// <summary><c>otel_trace_context</c>: what is done with the trace that a request says it belongs to (W3C Trace Context).</summary>
[Flags]
public enum TraceContextMode : byte
{
    /// <summary>Nothing: <c>traceparent</c> and <c>tracestate</c> pass as any field does.</summary>
    Ignore = 0,

    /// <summary>The request's trace is gone on with.</summary>
    Extract = 1,

    /// <summary>Upstream servers are told of the trace, in place of what the client said.</summary>
    Inject = 2,

    /// <summary>Both.</summary>
    Propagate = Extract | Inject,
}
