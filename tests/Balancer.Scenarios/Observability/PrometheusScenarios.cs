using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>A real Prometheus scrapes the gateway, and promtool finds nothing to complain about.</summary>
public sealed class PrometheusScenarios(PrometheusScenarios.Fixture fixture) : IClassFixture<PrometheusScenarios.Fixture>
{
    private static string Alerts => Path.Combine(Repository.Root, "conf", "prometheus", "alerts.yml");

    public sealed class Fixture : GatewayFixture
    {
        protected override string Toml => $$"""
            [upstream.pool]
            server = ["{{Upstream.Address}}", "127.0.0.1:{{Ports.Next()}} backup"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = ["metrics.example"]

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/quoted\"path"
              return = "200 x"
            """;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            for (var i = 0; i < 10; i++)
            {
                await GetAsync("/measured");
            }

            Upstream.OnRaw("/broken", "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
            await GetAsync("/broken");
            await GetAsync("/evil\"}{label=\"x?<script>", "Host: evil\"host");
            await SendOnceAsync("BAD\r\n\r\n");
        }
    }

    [RequiresTool("promtool")]
    public async Task Promtool_finds_nothing_to_complain_about()
    {
        var text = (await fixture.Gateway.AdminGetAsync("/metrics")).BodyText;
        var (code, output) = await ChildProcess.RunAsync(Tools.Get("promtool"), ["check", "metrics"], text);
        Assert.Equal((0, ""), (code, output));
    }

    [RequiresTool("promtool")]
    public async Task Promtool_accepts_the_alerts()
    {
        var (code, output) = await ChildProcess.RunAsync(Tools.Get("promtool"), ["check", "rules", Alerts]);
        Assert.True(code == 0, output);
    }

    [RequiresTool("promtool")]
    public async Task Alerts_fire_when_they_should_and_not_before()
    {
        using var directory = new TempDirectory();
        var tests = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Balancer.Scenarios", "Observability", "alerts.test.yml"));
        directory.Write("alerts.test.yml", tests.Replace("ALERTS", Alerts, StringComparison.Ordinal));
        var (code, output) = await ChildProcess.RunAsync(Tools.Get("promtool"), ["test", "rules", directory.File("alerts.test.yml")]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Counts_are_those_of_the_requests_made()
    {
        var metrics = await fixture.Gateway.ScrapeAsync();
        Assert.True(metrics.Sum("balancer_http_requests_total") >= 12, "requests");
        Assert.True(metrics.Sum("balancer_upstream_requests_total", $"server={fixture.Upstream.Address}") >= 11, "upstream requests");
        Assert.Equal(1, metrics.Sum("balancer_config_last_reload_successful"));
        Assert.All(metrics.Names, n => Assert.Matches("^(balancer|process|dotnet)_[a-z0-9_]+$", n));
    }

    [Fact]
    public async Task Client_input_never_becomes_a_label()
    {
        var text = (await fixture.Gateway.AdminGetAsync("/metrics")).BodyText;
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("measured", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_metrics_is_served_when_asked_for()
    {
        var response = await fixture.Gateway.AdminGetAsync("/metrics", "Accept: application/openmetrics-text; version=1.0.0");
        Assert.StartsWith("application/openmetrics-text", response["Content-Type"], StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", response.BodyText, StringComparison.Ordinal);
        Assert.StartsWith("text/plain", (await fixture.Gateway.AdminGetAsync("/metrics"))["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_and_status_answer()
    {
        Assert.Equal(200, (await fixture.Gateway.AdminGetAsync("/health/live")).Status);
        Assert.Equal(200, (await fixture.Gateway.AdminGetAsync("/health/ready")).Status);
        var status = await fixture.Gateway.AdminGetAsync("/status");
        using var json = JsonDocument.Parse(status.Body);
        Assert.Contains(fixture.Upstream.Address, json.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(404, (await fixture.Gateway.AdminGetAsync("/nothing-here")).Status);
    }

    [RequiresTool("prometheus")]
    public async Task Prometheus_scrapes_it_and_answers_queries()
    {
        using var directory = new TempDirectory();
        var port = Ports.Next();
        var config = directory.Write("prometheus.yml", $$"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: balancer
                static_configs:
                  - targets: ["{{fixture.Gateway.Admin}}"]
            """);
        await using var prometheus = ChildProcess.Start(
            Tools.Get("prometheus"),
            [$"--config.file={config}", $"--storage.tsdb.path={directory.File("data")}", $"--web.listen-address=127.0.0.1:{port}"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        async Task<double?> QueryAsync(string query)
        {
            try
            {
                using var answer = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
                var result = answer.RootElement.GetProperty("data").GetProperty("result");
                return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        await Deadline.UntilAsync(async () => await QueryAsync("up{job=\"balancer\"}") == 1, () => $"a scrape that works; prometheus says:\n{prometheus.Output}", TimeSpan.FromSeconds(40));
        Assert.True(await QueryAsync("sum(balancer_upstream_requests_total)") >= 11);
        Assert.True(await QueryAsync("histogram_quantile(0.99, sum by (le) (balancer_upstream_response_duration_seconds_bucket))") is not null);
    }
}
