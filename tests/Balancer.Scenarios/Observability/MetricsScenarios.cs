using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>Every metric says what really happened: traffic of known size and outcome is counted exactly, once it is over.</summary>
public sealed partial class MetricsScenarios
{
    private static string Toml(int port, string pools, string locations) => $$"""
        {{pools}}

        [[server]]
        listen = "127.0.0.1:{{port}}"
        server_name = ["m.example"]
        access_log = "DIR/access.log"

        {{locations}}
        """;

    private static string Pass(string path, string pool, string more = "") => $"""
        [[server.location]]
        path = "{path}"
        proxy_pass = "http://{pool}"
        {more}

        """;

    [Fact]
    public async Task What_is_documented_is_served_and_nothing_else()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"[upstream.app]\nserver = \"{upstream.Address}\"\n", Pass("/", "app")));
        await RawClient.GetAsync(port, "/");
        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "metrics.md")))
            .Select(row => (Name: row.Groups[1].Value, Type: row.Groups[2].Value, Help: row.Groups[3].Value))
            .ToArray();

        var text = (await gateway.AdminGetAsync("/metrics")).BodyText;
        var open = (await gateway.AdminGetAsync("/metrics", "Accept: application/openmetrics-text")).BodyText;

        var served = Family().Matches(text).Select(f => (Name: f.Groups[2].Value, Type: f.Groups[3].Value, Help: f.Groups[1].Value)).ToArray();
        Assert.Equal(documented.Select(d => d with { Type = d.Type == "info" ? "gauge" : d.Type }), served);

        // OpenMetrics names the family without the suffix of its samples.
        var openly = Type().Matches(open).Select(f => (Name: f.Groups[1].Value, Type: f.Groups[2].Value));
        Assert.Equal(documented.Select(d => (Name: Suffix().Replace(d.Name, ""), d.Type)), openly);
        var metrics = Harness.Metrics.Parse(text);
        Assert.All(documented, d => Assert.True(metrics.Has(d.Type == "histogram" ? d.Name + "_bucket" : d.Name), d.Name));
    }

    [Fact]
    public async Task Requests_and_bytes_are_counted_to_the_last()
    {
        await using var upstream = TestUpstream.Start();
        upstream.OnRaw("/missing", "HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\nnone");
        upstream.On("/echo", async x => await x.RespondAsync(200, System.Text.Encoding.Latin1.GetString(await x.ReadBodyAsync())));
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(
            port, $"[upstream.app]\nserver = \"{upstream.Address} weight=7\"\n", Pass("/", "app") + "[[server.location]]\npath = \"= /gone\"\nreturn = \"410 gone\"\n"));
        string[] requests =
        [
            "GET /one HTTP/1.1\r\nHost: m.example\r\nX_Under_Score: 1\r\nAnother_One: 2\r\n\r\n",
            "GET /missing HTTP/1.1\r\nHost: m.example\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: m.example\r\nContent-Length: 5\r\n\r\nhello",
            "GET /gone HTTP/1.1\r\nHost: m.example\r\n\r\n",
        ];
        long sent = 0;
        await using var client = await RawClient.ConnectAsync(port);
        foreach (var request in requests)
        {
            await client.SendAsync(request);
            var response = await client.ReadResponseAsync();
            sent += response.Head.Length + response.Body.Length;
        }

        var metrics = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_http_requests_total") == requests.Length);

        string[] root = ["virtual_server=m.example", "location=/"], gone = ["virtual_server=m.example", "location== /gone"];
        Assert.Equal(2, metrics.Sum("balancer_http_requests_total", [.. root, "code=2xx"]));
        Assert.Equal(1, metrics.Sum("balancer_http_requests_total", [.. root, "code=4xx"]));
        Assert.Equal(1, metrics.Sum("balancer_http_requests_total", [.. gone, "code=4xx"]));
        Assert.Equal(3, metrics.Sum("balancer_http_request_duration_seconds_count", root));
        Assert.Equal(3, metrics.Sum("balancer_http_request_duration_seconds_bucket", [.. root, "le=+Inf"]));
        Assert.InRange(metrics.Sum("balancer_http_request_duration_seconds_sum", root), 1e-6, 3 * Deadline.Default.TotalSeconds);
        Assert.Equal(requests.Sum(r => r.Length), metrics.Sum("balancer_http_received_bytes_total"));
        Assert.Equal(sent, metrics.Sum("balancer_http_sent_bytes_total"));
        Assert.Equal(2, metrics.Sum("balancer_http_dropped_header_fields_total"));

        string[] server = ["upstream=app", $"server={upstream.Address}"];
        Assert.Equal(2, metrics.Sum("balancer_upstream_requests_total", [.. server, "code=2xx"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_requests_total", [.. server, "code=4xx"]));
        Assert.Equal(3, metrics.Sum("balancer_upstream_response_duration_seconds_count", server));
        Assert.Equal(upstream.Requests.Sum(r => r.Head.Length) + 5, metrics.Sum("balancer_upstream_sent_bytes_total", server));
        Assert.Equal(
            "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok".Length + "HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\nnone".Length + "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nhello".Length,
            metrics.Sum("balancer_upstream_received_bytes_total", server));
        Assert.Equal(1, metrics.Sum("balancer_upstream_connections_idle", server));
        Assert.Equal(0, metrics.Sum("balancer_upstream_connections_active", server));
        Assert.Equal(1, metrics.Sum("balancer_upstream_server_up", server));
        Assert.Equal(7, metrics.Sum("balancer_upstream_server_weight", server));
        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_accepted_total"));
        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_active"));
        Assert.Equal(0, metrics.Sum("balancer_http_request_errors_total"));
        Assert.Equal(0, metrics.Sum("balancer_upstream_failures_total"));
    }

    [Fact]
    public async Task Failures_of_servers_are_counted_by_reason_with_what_followed()
    {
        await using var good = TestUpstream.Start();
        await using var moody = TestUpstream.Start();
        moody.Default = x => x.RespondAsync(503, "not now");
        var dead = $"127.0.0.1:{Ports.Next()}";
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(
            port,
            $"""
            [upstream.half]
            server = ["{dead} max_fails=1 fail_timeout=1h", "{good.Address}"]

            [upstream.moody]
            server = ["{moody.Address} max_fails=5", "{good.Address} backup"]

            [upstream.dead]
            server = ["{dead} max_fails=1 fail_timeout=1h", "{dead.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal)} max_fails=1 fail_timeout=1h"]
            """,
            Pass("/half", "half") + Pass("/moody", "moody", "proxy_next_upstream = \"http_503\"") + Pass("/dead", "dead") + Pass("/early", "half")));
        good.OnRaw("/early", "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf of it", close: true);

        foreach (var (path, status) in ((string, int)[])[("/half", 200), ("/half", 200), ("/moody", 200), ("/dead", 502), ("/dead", 502)])
        {
            Assert.Equal(status, await StatusAsync(port, path));
        }

        await using (var client = await RawClient.ConnectAsync(port))
        {
            await client.SendAsync("GET /early HTTP/1.1\r\nHost: m.example\r\n\r\n");
            Assert.False((await client.ReadResponseAsync()).Complete);
        }

        Assert.Equal(400, (await RawClient.SendOnceAsync(port, "GET /half HTTP/1.1\r\nHost : m.example\r\n\r\n")).Status);
        var metrics = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_http_requests_total", "location=/early") == 1);

        string[] first = ["upstream=half", $"server={dead}"];
        Assert.Equal(1, metrics.Sum("balancer_upstream_requests_total", [.. first, "code=none"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", [.. first, "reason=connect"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_retries_total", first));
        Assert.Equal(1, metrics.Sum("balancer_upstream_ejections_total", first));
        Assert.Equal(0, metrics.Sum("balancer_upstream_server_up", first));
        string[] passedOver = ["upstream=moody", $"server={moody.Address}"];
        Assert.Equal(1, metrics.Sum("balancer_upstream_requests_total", [.. passedOver, "code=5xx"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", [.. passedOver, "reason=status"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_retries_total", passedOver));
        Assert.Equal(1, metrics.Sum("balancer_upstream_server_up", passedOver));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", "upstream=half", $"server={good.Address}", "reason=truncated"));
        Assert.Equal(2, metrics.Sum("balancer_upstream_failures_total", "upstream=dead"));
        Assert.Equal(1, metrics.Sum("balancer_upstream_pick_failures_total", "upstream=dead", "reason=no_live_server"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=upstream_connect_failed"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=gateway_no_live_upstream"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=upstream_truncated"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=client_malformed"));
        Assert.Equal(1, metrics.Sum("balancer_http_malformed_requests_total"));
    }

    [Fact]
    public async Task Gauges_follow_requests_that_run_and_wait()
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task HoldAsync(UpstreamExchange x)
        {
            await go.Task;
            await x.RespondAsync(200, "at last");
        }

        upstream.On("/tight/held", HoldAsync);
        upstream.On("/queued/held", HoldAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(
            port,
            $"""
            [upstream.tight]
            server = "{upstream.Address} max_conns=1"

            [upstream.queued]
            server = "{upstream.Address} max_conns=1"
            queue = "1 timeout=1h"
            """,
            Pass("/tight/", "tight") + Pass("/queued/", "queued")));
        Task<RawResponse>[] held = [RawClient.GetAsync(port, "/tight/held"), RawClient.GetAsync(port, "/queued/held")];
        await upstream.WaitForRequestAsync("/tight/held");
        await upstream.WaitForRequestAsync("/queued/held");
        Assert.Equal(502, (await RawClient.GetAsync(port, "/tight/busy")).Status);
        var waiting = RawClient.GetAsync(port, "/queued/waits");
        await ScrapeWhenAsync(gateway, m => m.Sum("balancer_upstream_queue_length", "upstream=queued") == 1);
        Assert.Equal(502, (await RawClient.GetAsync(port, "/queued/full")).Status);

        var during = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_http_requests_total") == 2 && m.Sum("balancer_downstream_connections_active") == 3);
        Assert.Equal(3, during.Sum("balancer_http_requests_in_flight"));
        Assert.Equal(5, during.Sum("balancer_downstream_connections_accepted_total"));
        Assert.Equal(1, during.Sum("balancer_upstream_connections_active", "upstream=tight"));
        Assert.Equal(1, during.Sum("balancer_upstream_connections_active", "upstream=queued"));
        Assert.Equal(1, during.Sum("balancer_upstream_pick_failures_total", "upstream=tight", "reason=all_busy"));
        Assert.Equal(1, during.Sum("balancer_upstream_pick_failures_total", "upstream=queued", "reason=queue_full"));

        go.SetResult();
        Assert.All(await Task.WhenAll([.. held, waiting]), r => Assert.Equal(200, r.Status));
        var after = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_http_requests_total") == 5 && m.Sum("balancer_downstream_connections_active") == 0);
        Assert.Equal(0, after.Sum("balancer_http_requests_in_flight"));
        Assert.Equal(0, after.Sum("balancer_upstream_queue_length"));
        Assert.Equal(0, after.Sum("balancer_upstream_connections_active"));
        Assert.Equal(2, after.Sum("balancer_upstream_connections_idle"));
    }

    [Fact]
    public async Task Connection_without_the_header_its_address_asks_for_is_counted_as_refused()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($"[[server]]\nlisten = \"127.0.0.1:{port} proxy_protocol\"\nreturn = \"200 ok\"\n");
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.AssertClosedAsync();

        var metrics = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_downstream_connections_active") == 0);

        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_accepted_total"));
        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_refused_total"));
        Assert.Equal(0, metrics.Sum("balancer_http_requests_total"));
    }

    [Fact]
    public async Task Reloads_are_counted_by_outcome_and_leave_other_counters_alone()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        var toml = Toml(port, $"[upstream.app]\nserver = \"{upstream.Address}\"\n", Pass("/", "app"));
        await using var gateway = await GatewayProcess.StartAsync(toml);
        Assert.Equal(200, await StatusAsync(port, "/"));
        var start = await ScrapeWhenAsync(gateway, m => m.Sum("balancer_http_requests_total") == 1);
        gateway.WriteConfig(toml + "\nunknown = 1\n");
        await gateway.ReloadAsync();
        var refused = await gateway.ScrapeAsync();
        gateway.WriteConfig(toml);
        await gateway.ReloadAsync();
        var loaded = await gateway.ScrapeAsync();

        Harness.Metrics[] all = [start, refused, loaded];
        Assert.Equal([1.0, 0, 1], all.Select(m => m.Sum("balancer_config_last_reload_successful")));
        Assert.Equal([0.0, 1, 1], all.Select(m => m.Sum("balancer_config_reloads_total", "result=failure")));
        Assert.Equal([0.0, 0, 1], all.Select(m => m.Sum("balancer_config_reloads_total", "result=success")));
        const string Time = "balancer_config_last_reload_success_timestamp_seconds";
        Assert.Equal(start.Sum(Time), refused.Sum(Time));
        Assert.InRange(loaded.Sum(Time), start.Sum(Time) + 0.001, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.Equal(1, loaded.Sum("balancer_http_requests_total"));
        Assert.Equal(1, loaded.Sum("balancer_upstream_requests_total"));
    }

    [Fact]
    public async Task Process_and_runtime_are_those_of_the_daemon()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($"[[server]]\nlisten = \"127.0.0.1:{port}\"\naccess_log = \"DIR/access.log\"\nreturn = \"200 ok\"\n");
        var (program, arguments) = GatewayProcess.Command;
        var version = (await ChildProcess.RunAsync(program, [.. arguments, "-v"])).Output.Split(' ')[1];

        var metrics = await gateway.ScrapeAsync();

        Assert.Equal(1, metrics.Sum("balancer_build_info", $"version={version}"));
        Assert.True(metrics.Has("balancer_access_log_dropped_lines_total", $"path={gateway.FilePath("access.log")}"));
        Assert.InRange(metrics.Sum("process_resident_memory_bytes"), gateway.Process.ResidentBytes * 0.5, gateway.Process.ResidentBytes * 1.5);
        Assert.InRange(metrics.Sum("process_virtual_memory_bytes"), metrics.Sum("process_resident_memory_bytes"), 1L << 50);
        Assert.InRange(metrics.Sum("process_open_fds"), gateway.Process.DescriptorCount - 10, gateway.Process.DescriptorCount + 10);
        Assert.InRange(metrics.Sum("process_max_fds"), metrics.Sum("process_open_fds"), double.PositiveInfinity);
        Assert.InRange(metrics.Sum("process_cpu_seconds_total"), 0.01, 600);
        Assert.InRange(metrics.Sum("process_threads"), 3, 1000);
        Assert.InRange(metrics.Sum("process_start_time_seconds"), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.InRange(metrics.Sum("dotnet_gc_allocated_bytes_total"), 1, 1L << 40);
        Assert.InRange(metrics.Sum("dotnet_thread_pool_threads"), 1, 1000);
    }

    private static async Task<int> StatusAsync(int port, string path) =>
        (await RawClient.SendOnceAsync(port, $"GET {path} HTTP/1.1\r\nHost: m.example\r\nConnection: close\r\n\r\n")).Status;

    /// <summary>A request is counted when it is over, which may be a moment after its last byte was seen here.</summary>
    private static async Task<Harness.Metrics> ScrapeWhenAsync(GatewayProcess gateway, Func<Harness.Metrics, bool> condition)
    {
        var metrics = await gateway.ScrapeAsync();
        await Deadline.UntilAsync(async () => condition(metrics = await gateway.ScrapeAsync()), () => "the metrics say so");
        return metrics;
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| ([a-z]+) \| [^|]*\| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^# HELP \S+ (.*)\n# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("_(total|info)$")]
    private static partial Regex Suffix();
}
