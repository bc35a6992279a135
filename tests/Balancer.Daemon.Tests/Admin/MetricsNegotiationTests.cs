using Balancer.Observability.Metrics;

namespace Balancer.Daemon.Admin;

public class MetricsNegotiationTests
{
    [Theory]
    [InlineData("", "Prometheus")]
    [InlineData("*/*", "Prometheus")]
    [InlineData("text/plain", "Prometheus")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "Prometheus")]
    [InlineData("application/openmetrics-text", "OpenMetrics")]
    [InlineData("Application/OpenMetrics-Text; version=1.0.0", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "OpenMetrics")]
    [InlineData("application/openmetrics-text;q=0.5,text/plain", "Prometheus")]
    [InlineData("application/openmetrics-text;q=0", "Prometheus")]
    [InlineData(";;;", "Prometheus")]
    public void Scraper_gets_the_format_it_prefers(string accept, string format) =>
        Assert.Equal(format == "OpenMetrics" ? PrometheusTextWriter.OpenMetrics : PrometheusTextWriter.Prometheus, MetricsNegotiation.Choose([accept]));
}
