using Balancer.Http.Tracing;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>The trace of the request.</summary>
internal static class TraceVariables
{
    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("otel_trace_id", static (exchange, output) =>
        {
            Span<byte> digits = stackalloc byte[32];
            TraceParent.WriteTraceId(exchange.Trace.TraceId, digits);
            output.Append(digits);
            return true;
        }),
        new("otel_span_id", static (exchange, output) => Append(exchange.Trace.SpanId, output)),
        new("otel_parent_id", static (exchange, output) => exchange.Trace.Parent.SpanId is not 0 and var parent && Append(parent, output)),
        new("otel_parent_sampled", static (exchange, output) =>
        {
            output.Append(exchange.Trace.Parent.IsSampled ? "1"u8 : "0"u8);
            return true;
        }),
    ];

    private static bool Append(ulong spanId, ByteBuffer output)
    {
        Span<byte> digits = stackalloc byte[16];
        TraceParent.WriteSpanId(spanId, digits);
        output.Append(digits);
        return true;
    }
}
