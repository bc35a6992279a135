using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Balancer.Observability.Tracing;

/// <summary>The library's exporter, counting what it does and saying what is wrong with the collector.</summary>
/// <param name="options">Where to, and how.</param>
/// <param name="client">The connection to the collector.</param>
/// <param name="done">Called with the number of spans that wait no longer.</param>
/// <param name="metrics">Counts.</param>
/// <param name="log">Gets the events.</param>
internal sealed class CountingExporter(OtlpExporterOptions options, CollectorClient client, Action<int> done, TraceMetrics metrics, TraceLog log) : OtlpTraceExporter(options)
{
    private readonly string _endpoint = options.Endpoint.ToString();
    private bool _isFailing;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        var count = (int)batch.Count;
        client.Forget();
        var result = base.Export(batch);
        done(count);
        if (result == ExportResult.Success)
        {
            metrics.Exported.Add(count);
            if (_isFailing)
            {
                _isFailing = false;
                log.ExportedAgain(_endpoint);
            }

            return result;
        }

        metrics.Failed.Add(count);
        _isFailing = true;
        log.ExportFailed(_endpoint, count, client.LastFault);
        return result;
    }
}
