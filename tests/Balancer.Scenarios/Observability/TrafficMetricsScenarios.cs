using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>Traffic of known size and outcome is counted exactly, once it is over.</summary>
public sealed class TrafficMetricsScenarios
{
    [Fact]
    public async Task Requests_and_bytes_are_counted_to_the_last()
    {
        await using var upstream = TestUpstream.Start();
        upstream.OnRaw("/missing", "HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\nnone");
        upstream.On("/echo", async x => await x.RespondAsync(200, System.Text.Encoding.Latin1.GetString(await x.ReadBodyAsync())));
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(MetricsToml.Site(
            port, $"[upstream.app]\nserver = \"{upstream.Address} weight=7\"\n", MetricsToml.Pass("/", "app") + "[[server.location]]\npath = \"= /gone\"\nreturn = \"410 gone\"\n"));
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

        var metrics = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total") == requests.Length);

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
    public async Task Connection_without_the_header_its_address_asks_for_is_counted_as_refused()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($"[[server]]\nlisten = \"127.0.0.1:{port} proxy_protocol\"\nreturn = \"200 ok\"\n");
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.AssertClosedAsync();

        var metrics = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_downstream_connections_active") == 0);

        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_accepted_total"));
        Assert.Equal(1, metrics.Sum("balancer_downstream_connections_refused_total"));
        Assert.Equal(0, metrics.Sum("balancer_http_requests_total"));
    }
}
