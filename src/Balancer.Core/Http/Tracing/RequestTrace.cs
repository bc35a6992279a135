using System.Buffers.Binary;
using System.Diagnostics;
using Balancer.Infrastructure;

namespace Balancer.Http.Tracing;

/// <summary>The trace of a request. Ids are drawn when they are first asked for, so that a request nobody traces costs nothing.</summary>
internal sealed class RequestTrace
{
    private UInt128 _traceId;
    private ulong _spanId;

    /// <summary>The caller's span; the default when there is none, or nobody looks.</summary>
    public TraceParent Parent { get; private set; }

    /// <summary>Whether upstream servers are told of the trace in place of what the client said.</summary>
    public bool IsInjected { get; set; }

    /// <summary>Takes the spans; null when the request is not traced.</summary>
    public ISpanSink? Sink { get; private set; }

    /// <summary>The gateway's span; null when the request is not traced.</summary>
    public Activity? Span { get; private set; }

    /// <summary>The span of the current try; null when the request is not traced, or between tries.</summary>
    public Activity? Attempt { get; set; }

    /// <summary>Where in the head for upstream servers the value of <c>traceparent</c> stands; -1 when it is not there.</summary>
    public int HeadOffset { get; set; } = -1;

    /// <summary>The id of the trace (<c>$otel_trace_id</c>).</summary>
    public UInt128 TraceId
    {
        get
        {
            EnsureIds();
            return _traceId;
        }
    }

    /// <summary>The id of the gateway's span (<c>$otel_span_id</c>).</summary>
    public ulong SpanId
    {
        get
        {
            EnsureIds();
            return _spanId;
        }
    }

    /// <summary>What upstream servers are told: the current try made the request, or the gateway when tries are not recorded.</summary>
    public TraceParent ForUpstream => new(TraceId, Attempt is { } attempt ? IdOf(attempt) : SpanId, Sink is not null);

    /// <summary>Whether what the client said in a field is not passed on when <see cref="IsInjected"/>: <c>tracestate</c> says more about the caller's trace, if there is one.</summary>
    public bool Replaces(KnownHeader field) => field == KnownHeader.Traceparent || (field == KnownHeader.Tracestate && Parent.SpanId == 0);

    /// <summary>Looks for the trace of the caller (<c>traceparent</c>, W3C Trace Context section 3.2).</summary>
    public void Extract(RequestHead request)
    {
        var isFound = false;
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known != KnownHeader.Traceparent)
            {
                continue;
            }

            // Two of them are none: nobody can tell which is right.
            if (isFound || !TraceParent.TryParse(request.Value(field), out var parent))
            {
                Parent = default;
                _traceId = UInt128.Zero;
                return;
            }

            isFound = true;
            Parent = parent;
            _traceId = parent.TraceId;
        }
    }

    /// <summary>Notes that the request is traced.</summary>
    public void Record(Activity span, ISpanSink sink)
    {
        Span = span;
        Sink = sink;
        _spanId = IdOf(span);
    }

    /// <summary>Makes it the trace of a request of the gateway's own on behalf of another.</summary>
    public void Borrow(RequestTrace other)
    {
        _traceId = other._traceId;
        _spanId = other._spanId;
        Parent = other.Parent;
        IsInjected = other.IsInjected;
        Sink = other.Sink;
        Span = other.Span;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _traceId = UInt128.Zero;
        _spanId = 0;
        Parent = default;
        IsInjected = false;
        Sink = null;
        Span = null;
        Attempt = null;
        HeadOffset = -1;
    }

    private static ulong IdOf(Activity span)
    {
        Span<byte> id = stackalloc byte[8];
        span.SpanId.CopyTo(id);
        return BinaryPrimitives.ReadUInt64BigEndian(id);
    }

    private void EnsureIds()
    {
        if (_spanId != 0)
        {
            return;
        }

        Span<byte> random = stackalloc byte[24];
        FastRandom.Fill(random);
        if (_traceId == UInt128.Zero)
        {
            // Zero is no id.
            _traceId = BinaryPrimitives.ReadUInt128BigEndian(random) | UInt128.One;
        }

        _spanId = BinaryPrimitives.ReadUInt64BigEndian(random[16..]) | 1;
    }
}
