using System.Buffers;
using System.Globalization;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>
/// Writes the Prometheus text format 0.0.4 or OpenMetrics 1.0.0. They differ in the names of families and types, in UNIT lines, in the
/// escaping of help texts and in the end marker; the series are the same in both.
/// </summary>
internal sealed class PrometheusTextWriter : IMetricsTextWriter
{
    private static readonly string[] BucketBounds =
        [.. StripedHistogram.Bounds.Select(bound => bound.ToString(bound == Math.Floor(bound) ? "0.0" : "R", CultureInfo.InvariantCulture)), "+Inf"];

    private readonly bool _isOpenMetrics;

    private PrometheusTextWriter(bool isOpenMetrics)
    {
        _isOpenMetrics = isOpenMetrics;
    }

    /// <summary>The writer of the Prometheus text format.</summary>
    public static PrometheusTextWriter Prometheus { get; } = new(isOpenMetrics: false);

    /// <summary>The writer of OpenMetrics.</summary>
    public static PrometheusTextWriter OpenMetrics { get; } = new(isOpenMetrics: true);

    /// <inheritdoc/>
    public string ContentType => _isOpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <inheritdoc/>
    public void Write(IReadOnlyList<MetricFamilySamples> families, IBufferWriter<byte> output)
    {
        var text = new StringBuilder(1024);
        foreach (var (family, samples) in families)
        {
            WriteHead(family, text);
            foreach (var sample in samples)
            {
                WriteSample(family, sample, text);
                Flush(text, output);
            }
        }

        if (_isOpenMetrics)
        {
            text.Append("# EOF\n");
        }

        Flush(text, output);
    }

    private static void Flush(StringBuilder text, IBufferWriter<byte> output)
    {
        foreach (var chunk in text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }

        text.Clear();
    }

    private static void WriteSample(MetricFamily family, MetricSample sample, StringBuilder text)
    {
        if (family.Kind != MetricKind.Histogram)
        {
            WriteLine(family.SampleName, "", family, sample, null, sample.Value, text);
            return;
        }

        long count = 0;
        for (var i = 0; i < sample.Buckets.Length; i++)
        {
            count += sample.Buckets[i];
            WriteLine(family.Name, "_bucket", family, sample, BucketBounds[i], count, text);
        }

        WriteLine(family.Name, "_sum", family, sample, null, sample.Value, text);
        WriteLine(family.Name, "_count", family, sample, null, count, text);
    }

    private static void WriteLine(string name, string suffix, MetricFamily family, MetricSample sample, string? bound, double value, StringBuilder text)
    {
        text.Append(name).Append(suffix);
        var separator = '{';
        for (var i = 0; i < family.Labels.Count; i++)
        {
            text.Append(separator).Append(family.Labels[i]).Append("=\"");
            Escape(sample.LabelValues[i], escapeQuotes: true, text);
            text.Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ");
        WriteNumber(value, text);
        text.Append('\n');
    }

    private static void WriteNumber(double value, StringBuilder text)
    {
        if (value == Math.Floor(value) && Math.Abs(value) < 1L << 53)
        {
            text.Append((long)value);
        }
        else
        {
            text.Append(double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static void Escape(string value, bool escapeQuotes, StringBuilder text)
    {
        foreach (var c in value)
        {
            if (c == '\n')
            {
                text.Append("\\n");
            }
            else if (c == '\\' || (c == '"' && escapeQuotes))
            {
                text.Append('\\').Append(c);
            }
            else
            {
                text.Append(c);
            }
        }
    }

    private void WriteHead(MetricFamily family, StringBuilder text)
    {
        var name = _isOpenMetrics ? family.Name : family.SampleName;
        var type = family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            MetricKind.Info when _isOpenMetrics => "info",
            _ => "gauge",
        };
        text.Append("# HELP ").Append(name).Append(' ');
        Escape(family.Help, escapeQuotes: _isOpenMetrics, text);
        text.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (_isOpenMetrics && family.Unit is not null)
        {
            text.Append("# UNIT ").Append(name).Append(' ').Append(family.Unit).Append('\n');
        }
    }
}
