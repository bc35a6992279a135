using Balancer.Observability.Metrics;
using Microsoft.Net.Http.Headers;

namespace Balancer.Daemon.Admin;

/// <summary>Chooses the format of <c>/metrics</c> by the Accept field (RFC 9110, section 12.5.1).</summary>
internal static class MetricsNegotiation
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>OpenMetrics when it is asked for by name and nothing in the field is preferred to it, Prometheus text otherwise.</summary>
    public static IMetricsTextWriter Choose(IList<string> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return PrometheusTextWriter.Prometheus;
        }

        double openMetrics = 0, text = 0;
        foreach (var range in ranges)
        {
            var quality = range.Quality ?? 1;
            if (range.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase))
            {
                openMetrics = Math.Max(openMetrics, quality);
            }
            else if (range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                text = Math.Max(text, quality);
            }
        }

        return openMetrics > 0 && openMetrics >= text ? PrometheusTextWriter.OpenMetrics : PrometheusTextWriter.Prometheus;
    }
}
