using System.Buffers;
using System.Diagnostics;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

public sealed class PrometheusTextWriterTests
{
    [Fact]
    public void Prometheus_text_is_exact() => Assert.Equal(
        """
        # HELP balancer_http_requests_total Requests answered, by class of the status logged
        # TYPE balancer_http_requests_total counter
        balancer_http_requests_total{virtual_server="api.example.com",location="/api/",code="2xx"} 3
        balancer_http_requests_total{virtual_server="api.example.com",location="~ \\.\"php\"$\n",code="5xx"} 9007199254740991
        # HELP balancer_http_request_duration_seconds Time from the first byte of a request to the end of its response
        # TYPE balancer_http_request_duration_seconds histogram
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.0005"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.001"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.0025"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.005"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.01"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.025"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.05"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.1"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.25"} 1
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="0.5"} 2
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="1.0"} 2
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="2.5"} 2
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="5.0"} 2
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="10.0"} 2
        balancer_http_request_duration_seconds_bucket{virtual_server="s",location="/",le="+Inf"} 3
        balancer_http_request_duration_seconds_sum{virtual_server="s",location="/"} 20.5
        balancer_http_request_duration_seconds_count{virtual_server="s",location="/"} 3
        # HELP balancer_http_requests_in_flight Requests being served
        # TYPE balancer_http_requests_in_flight gauge
        balancer_http_requests_in_flight 7
        # HELP balancer_build_info Version of balancerd and of the runtime it runs on
        # TYPE balancer_build_info gauge
        balancer_build_info{version="1.2.3",runtime=".NET"} 1
        # HELP process_cpu_seconds_total Processor time used, user and system together
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 0.25

        """,
        Write(PrometheusTextWriter.Prometheus, Synthetic()));

    [Fact]
    public void OpenMetrics_text_differs_in_names_units_and_end()
    {
        var text = Write(PrometheusTextWriter.OpenMetrics, Synthetic());
        Assert.StartsWith(
            """
            # HELP balancer_http_requests Requests answered, by class of the status logged
            # TYPE balancer_http_requests counter
            balancer_http_requests_total{virtual_server="api.example.com",location="/api/",code="2xx"} 3

            """,
            text);
        Assert.Contains("# TYPE balancer_http_request_duration_seconds histogram\n# UNIT balancer_http_request_duration_seconds seconds\n", text);
        Assert.Contains("# TYPE balancer_build info\nbalancer_build_info{version=\"1.2.3\",runtime=\".NET\"} 1\n", text);
        Assert.Contains("# TYPE process_cpu_seconds counter\n# UNIT process_cpu_seconds seconds\nprocess_cpu_seconds_total 0.25\n", text);
        Assert.EndsWith("\n# EOF\n", text);
        Assert.Equal(Series(Write(PrometheusTextWriter.Prometheus, Synthetic())), Series(text));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-3, "-3")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-7, "1E-07")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_written_as_Go_reads_them(double value, string expected)
    {
        var collector = new MetricsCollector();
        collector.Add(MetricFamilies.RequestsInFlight, value);
        Assert.EndsWith($"\nbalancer_http_requests_in_flight {expected}\n", Write(PrometheusTextWriter.Prometheus, collector));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a\"b\\c\nd", "a\\\"b\\\\c\\nd")]
    [InlineData("grün", "grün")]
    [InlineData("{},=", "{},=")]
    public void Label_values_are_escaped(string value, string expected)
    {
        var collector = new MetricsCollector();
        collector.Add(MetricFamilies.AccessLogDroppedLines, 1, value);
        Assert.EndsWith($"\nbalancer_access_log_dropped_lines_total{{path=\"{expected}\"}} 1\n", Write(PrometheusTextWriter.Prometheus, collector));
    }

    [PromtoolFact]
    public void Promtool_finds_nothing_in_a_synthetic_set() => AssertClean(Write(PrometheusTextWriter.Prometheus, Synthetic()));

    [PromtoolFact]
    public void Promtool_finds_nothing_in_all_families_together()
    {
        var collector = new MetricsCollector();
        var histogram = new StripedHistogram();
        histogram.Record(Stopwatch.Frequency);
        foreach (var family in MetricFamilies.All)
        {
            var labels = family.Labels.Select((_, i) => $"value {i}").ToArray();
            if (family.Kind == MetricKind.Histogram)
            {
                collector.Add(family, histogram, labels);
            }
            else
            {
                collector.Add(family, 1.5, labels);
            }
        }

        AssertClean(Write(PrometheusTextWriter.Prometheus, collector));
    }

    private static MetricsCollector Synthetic()
    {
        var collector = new MetricsCollector();
        var histogram = new StripedHistogram();
        histogram.Record(0);
        histogram.Record(Stopwatch.Frequency / 2);
        histogram.Record(20 * Stopwatch.Frequency);

        // Given in another order than they are shown in, and one in two parts.
        collector.Add(MetricFamilies.ProcessCpu, 0.25);
        collector.Add(MetricFamilies.Build, 1, "1.2.3", ".NET");
        collector.Add(MetricFamilies.RequestDuration, histogram, "s", "/");
        collector.Add(MetricFamilies.Requests, 1, "api.example.com", "/api/", "2xx");
        collector.Add(MetricFamilies.Requests, (1L << 53) - 1, "api.example.com", "~ \\.\"php\"$\n", "5xx");
        collector.Add(MetricFamilies.Requests, 2, "api.example.com", "/api/", "2xx");
        collector.Add(MetricFamilies.RequestsInFlight, 7);
        return collector;
    }

    private static string Write(PrometheusTextWriter writer, MetricsCollector collector)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.Write(collector.ToList(), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static IEnumerable<string> Series(string text) => text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    private static void AssertClean(string text)
    {
        var (exitCode, output) = Promtool.CheckMetrics(text);
        Assert.Equal(("", 0), (output, exitCode));
    }
}
