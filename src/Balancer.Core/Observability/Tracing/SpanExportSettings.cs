using Balancer.Configuration;
using OpenTelemetry.Resources;

namespace Balancer.Observability.Tracing;

/// <summary>What traces are sent with: equal settings share one connection to the collector, over reloads too.</summary>
/// <param name="Exporter">The collector.</param>
/// <param name="ServiceName">The name of the gateway.</param>
/// <param name="ResourceAttributes">Further attributes of it.</param>
/// <param name="Authorities">The content of the file of authorities; null without.</param>
internal sealed record SpanExportSettings(OtelExporterConfig Exporter, string ServiceName, IReadOnlyDictionary<string, ConfigText>? ResourceAttributes, byte[]? Authorities)
{
    private const string HttpPath = "/v1/traces";

    /// <summary>The URL that is asked.</summary>
    public Uri EndpointUrl
    {
        get
        {
            var url = new Uri(Exporter.Endpoint);
            return Exporter.Protocol == OtlpProtocol.HttpProtobuf && url.AbsolutePath == "/" ? new Uri(url, HttpPath) : url;
        }
    }

    /// <summary>What spans are of.</summary>
    public ResourceBuilder Resource()
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddService(ServiceName, serviceVersion: typeof(SpanExportSettings).Assembly.GetName().Version?.ToString(3))
            .AddAttributes([new("host.name", Environment.MachineName)]);
        return ResourceAttributes is null ? resource : resource.AddAttributes(ResourceAttributes.Select(static pair => new KeyValuePair<string, object>(pair.Key, pair.Value.Value)));
    }

    /// <summary>Whether nothing differs that a collector could notice; places in the file may.</summary>
    public bool IsSame(SpanExportSettings other) =>
        (Exporter.Endpoint, Exporter.Protocol, Exporter.Interval, Exporter.BatchSize, Exporter.BatchCount, ServiceName)
            == (other.Exporter.Endpoint, other.Exporter.Protocol, other.Exporter.Interval, other.Exporter.BatchSize, other.Exporter.BatchCount, other.ServiceName)
        && (Authorities ?? []).AsSpan().SequenceEqual(other.Authorities)
        && (Authorities is null) == (other.Authorities is null)
        && IsSame(Exporter.Headers, other.Exporter.Headers)
        && IsSame(ResourceAttributes, other.ResourceAttributes);

    private static bool IsSame(IReadOnlyDictionary<string, ConfigText>? left, IReadOnlyDictionary<string, ConfigText>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0) && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var text) && text.Value == pair.Value.Value));
}
