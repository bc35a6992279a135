using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary><c>[otel_exporter]</c>: where traces go.</summary>
internal sealed class OtelExporterKey() : SectionKey<TopLevel>("otel_exporter")
{
    public static ConfigLevel<OtelExporterConfig> Level { get; } = new("[otel_exporter]",
    [
        Key.Always<OtelExporterConfig, string>(
            "endpoint", new CollectorUrlType(), static e => e.Endpoint, static (e, v) => e with { Endpoint = v }, null,
            "The collector: `https://host:port`, `http://host:port`, or `host:port`, which is spoken to without TLS. With the protocol `http/protobuf` a path may follow; without one it is `/v1/traces`.",
            "\"https://collector.internal:4317\"", "nginx `endpoint` of `otel_exporter`", required: true),
        Key.Always<OtelExporterConfig, OtlpProtocol>(
            "protocol", new ChoiceType<OtlpProtocol>(("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf)), static e => e.Protocol, static (e, v) => e with { Protocol = v }, "\"grpc\"",
            "How OTLP is carried: `grpc` (mostly on port 4317) or `http/protobuf` (mostly on 4318).", "\"http/protobuf\"", "OpenTelemetry `OTEL_EXPORTER_OTLP_PROTOCOL`"),
        Key.OptionalRef<OtelExporterConfig, ConfigText>(
            "trusted_certificate", PemFileType.Instance, static e => e.TrustedCertificate, static (e, v) => e with { TrustedCertificate = v }, null,
            "PEM file of the authorities trusted to sign the collector's certificate. Without it those of the system.", "\"/etc/balancer/collector-ca.pem\"", "nginx `trusted_certificate` of `otel_exporter`"),
        Key.OptionalRef<OtelExporterConfig, IReadOnlyDictionary<string, ConfigText>>(
            "header", new AttributesType("Authorization", static name => Values.FieldSyntax.IsName(name), TextType.FieldName.Expected), static e => e.Headers, static (e, v) => e with { Headers = v }, null,
            "Fields (with gRPC, metadata) of the requests to the collector, such as a key it asks for.", "{ Authorization = \"Bearer ${COLLECTOR_TOKEN:-none}\" }", "nginx `header` of `otel_exporter`"),
        Key.Always<OtelExporterConfig, TimeSpan>(
            "interval", TimeType.Timeout, static e => e.Interval, static (e, v) => e with { Interval = v }, "\"5s\"",
            "Longest time a span waits until it is sent.", "\"1s\"", "nginx `interval` of `otel_exporter`"),
        Key.Always<OtelExporterConfig, int>(
            "batch_size", new IntegerType(1, 65536), static e => e.BatchSize, static (e, v) => e with { BatchSize = v }, "512",
            "Greatest number of spans sent at once; that many waiting are sent before `interval` is over.", "1024", "nginx `batch_size` of `otel_exporter`"),
        Key.Always<OtelExporterConfig, int>(
            "batch_count", new IntegerType(1, 1024), static e => e.BatchCount, static (e, v) => e with { BatchCount = v }, "4",
            "Greatest number of batches that wait. Spans beyond them are dropped and counted.", "8", "nginx `batch_count` of `otel_exporter`"),
    ])
    {
        Complete = Check,
    };

    public override string TypeName => "table";

    public override string Expected => "[otel_exporter]";

    public override JsonObject Shape => JsonShape.Table(Level);

    public override bool TryBind(ref TopLevel target, TomlValue value, BindContext context)
    {
        if (value is not TomlTable table)
        {
            return context.FailExpected(value, "the table [otel_exporter]");
        }

        var isWell = Level.TryBind(new OtelExporterConfig { Source = context.At(table.Position) }, table, context, out var exporter);
        target = target with { Config = target.Config with { OtelExporter = exporter } };
        return isWell;
    }

    public override void WriteSections(TopLevel source, TextWriter writer, string path)
    {
        if (source.Config.OtelExporter is { } exporter)
        {
            SectionWriter.Write(writer, "[otel_exporter]", Level, exporter, Name);
        }
    }

    private static OtelExporterConfig Check(OtelExporterConfig exporter, BoundKeys bound, BindContext context)
    {
        if (!Uri.TryCreate(exporter.Endpoint, UriKind.Absolute, out var endpoint))
        {
            return exporter;
        }

        if (exporter.Protocol == OtlpProtocol.Grpc && endpoint.AbsolutePath != "/")
        {
            context.Fail(bound.PositionOf("endpoint"), $"found the path '{endpoint.AbsolutePath}' in 'endpoint', expected none: gRPC has its own; a collector at a path is one with protocol = \"http/protobuf\"");
        }

        if (exporter.TrustedCertificate is not null && endpoint.Scheme == Uri.UriSchemeHttp)
        {
            context.Fail(bound.PositionOf("trusted_certificate"), "'trusted_certificate' needs an 'endpoint' that begins with https://");
        }

        return exporter;
    }
}
