namespace Balancer.Configuration;

/// <summary>The settings about which requests leave traces, and of what kind; a null was not written (see <see cref="Over"/>).</summary>
public sealed record TracingConfig
{
    /// <summary><c>otel_trace</c>: <c>on</c>, <c>off</c>, or a text with variables that comes out as <c>on</c> or <c>1</c> for requests that are traced. Default off.</summary>
    public ConfigText? Trace { get; init; }

    /// <summary><c>otel_trace_context</c>. Default ignore.</summary>
    public TraceContextMode? Context { get; init; }

    /// <summary><c>otel_span_name</c>. Default the location's path.</summary>
    public ConfigText? SpanName { get; init; }

    /// <summary><c>otel_span_attr</c>: texts by name of the attribute. As in nginx a level with any replaces those of the level above.</summary>
    public IReadOnlyDictionary<string, ConfigText>? SpanAttributes { get; init; }

    /// <summary>Whether a request could be traced.</summary>
    public bool MayTrace => Trace is { Value: not "off" };

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public TracingConfig Over(TracingConfig outer) => new()
    {
        Trace = Trace ?? outer.Trace,
        Context = Context ?? outer.Context,
        SpanName = SpanName ?? outer.SpanName,
        SpanAttributes = SpanAttributes ?? outer.SpanAttributes,
    };
}
