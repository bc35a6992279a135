namespace Balancer.Configuration.Schema;

/// <summary>The keys about traces, which are settings.</summary>
internal static class TracingKeys
{
    private static IReadOnlyList<LevelKey<TracingConfig>> All { get; } =
    [
        Key.OptionalRef<TracingConfig, ConfigText>(
            "otel_trace", new TraceSwitchType(), static t => t.Trace, static (t, v) => t with { Trace = v }, "false",
            "Whether requests leave a trace: a span of the gateway, and one for every try on an upstream server. With variables, those are traced for which the text comes out as `on` or `1`: `$otel_parent_sampled` follows the caller, a variable of `split_clients` by `$otel_trace_id` takes a share. It is decided once for a request, by the location it is first led to. Needs `[otel_exporter]`.",
            "\"$traced\""),
        Key.Optional<TracingConfig, TraceContextMode>(
            "otel_trace_context", new ChoiceType<TraceContextMode>(("extract", TraceContextMode.Extract), ("inject", TraceContextMode.Inject), ("propagate", TraceContextMode.Propagate), ("ignore", TraceContextMode.Ignore)),
            static t => t.Context, static (t, v) => t with { Context = v }, "\"ignore\"",
            "What is done with `traceparent` and `tracestate` (W3C Trace Context): `extract` goes on with the trace of the request; `inject` begins a trace and tells upstream servers of it in place of what the client said; `propagate` does both; `ignore` passes the fields as any other. Where upstream servers are told, it is the span of the try they are told of, whether it is traced or not. `proxy_set_header` of these fields wins.",
            "\"propagate\""),
        Key.OptionalRef<TracingConfig, ConfigText>(
            "otel_span_name", TemplateType.NotEmpty, static t => t.SpanName, static (t, v) => t with { SpanName = v }, null,
            "The name of the gateway's span. Without it the path of the location.", "\"$request_method gateway\""),
        Key.OptionalRef<TracingConfig, IReadOnlyDictionary<string, ConfigText>>(
            "otel_span_attr", AttributesType.OfSpans, static t => t.SpanAttributes, static (t, v) => t with { SpanAttributes = v }, null,
            "Attributes of the gateway's span, beside those of OpenTelemetry's conventions for HTTP; one that comes out empty is left out. A level with any replaces those of the level above.",
            "{ \"tenant.id\" = \"$http_x_tenant\" }"),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, TracingConfig>(key, static s => s.Tracing, static (s, v) => s with { Tracing = v }));
}
