using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Balancer.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Balancer.Observability.Tracing;

/// <summary>OpenTelemetry's batching and OTLP exporter: a thread that sends what has gathered.</summary>
internal sealed class SpanPipeline : IDisposable
{
    private const int ShutdownMilliseconds = 5_000;
    private const int TimeoutMilliseconds = 10_000;

    private readonly CollectorClient _client;
    private readonly BatchActivityExportProcessor _processor;
    private readonly TracerProvider _provider;

    /// <param name="settings">Where to, and how.</param>
    /// <param name="done">Called with the number of spans that wait no longer.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="log">Gets the events.</param>
    public SpanPipeline(SpanExportSettings settings, Action<int> done, TraceMetrics metrics, TraceLog log)
    {
        var exporter = settings.Exporter;
        _client = new CollectorClient(AuthoritiesOf(settings), exporter.Headers);
        var options = new OtlpExporterOptions
        {
            Endpoint = settings.EndpointUrl,
            Protocol = exporter.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = "",
            TimeoutMilliseconds = TimeoutMilliseconds,
            HttpClientFactory = () => _client.Client,
        };
        _processor = new BatchActivityExportProcessor(
            new CountingExporter(options, _client, done, metrics, log),
            exporter.BatchSize * exporter.BatchCount,
            (int)exporter.Interval.TotalMilliseconds,
            TimeoutMilliseconds,
            exporter.BatchSize);

        // Spans are given to the processor directly; the provider only knows what they are of.
        _provider = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(settings.Resource()).AddProcessor(_processor).Build();
    }

    /// <summary>Takes a span; there is room for it.</summary>
    public void Add(Activity span) => _processor.OnEnd(span);

    /// <summary>Sends what waits, for up to 5 s, and closes the connection. Blocks.</summary>
    public void Dispose()
    {
        _provider.Shutdown(ShutdownMilliseconds);
        _provider.Dispose();
        _client.Dispose();
    }

    private static X509Certificate2Collection? AuthoritiesOf(SpanExportSettings settings)
    {
        if (settings.Authorities is not { } pem)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Encoding.Latin1.GetString(pem));
        return authorities;
    }
}
