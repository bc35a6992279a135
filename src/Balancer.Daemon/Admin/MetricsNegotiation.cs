using Microsoft.Net.Http.Headers;

namespace Balancer.Daemon.Admin;

/// <summary>Chooses the format of <c>/metrics</c> by the Accept field (RFC 9110, section 12.5.1).</summary>
internal static class MetricsNegotiation
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>OpenMetrics when it is asked for by name and nothing in the field is preferred to it, Prometheus text otherwise.</summary>
    public static MetricsFormat Choose(IList<string> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return MetricsFormat.Prometheus;
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

        return openMetrics > 0 && openMetrics >= text ? MetricsFormat.OpenMetrics : MetricsFormat.Prometheus;
    }

    /// <summary>The Content-Type of a format.</summary>
    public static string ContentType(MetricsFormat format) => format == MetricsFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";
}
