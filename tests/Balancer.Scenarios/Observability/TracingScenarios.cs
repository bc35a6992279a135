using System.Globalization;
using System.Net;
using Balancer.Harness;
using Balancer.TestSupport.Http2;
using Balancer.TestSupport.Tracing;
using Balancer.Tls;
using Microsoft.AspNetCore.Http;

namespace Balancer.Observability;

/// <summary>Traces of requests arrive at a collector, and upstream servers are told what they are part of.</summary>
public sealed class TracingScenarios : IAsyncLifetime
{
    private const string CallersTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string CallersSpan = "00f067aa0ba902b7";
    private const string Sampled = $"traceparent: 00-{CallersTrace}-{CallersSpan}-01";
    private const string NotSampled = $"traceparent: 00-{CallersTrace}-{CallersSpan}-00";

    private readonly TestUpstream _first = TestUpstream.Start();
    private readonly TestUpstream _second = TestUpstream.Start();
    private readonly TempDirectory _files = new();
    private readonly int _port = Ports.Next();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task A_trace_of_one_request_has_the_span_of_the_gateway_and_one_for_every_try()
    {
        using var authority = TestCertificate.Ecdsa("authority", isAuthority: true);
        using var certificate = TestCertificate.Ecdsa("localhost", issuer: authority);
        await using var collector = await OtlpCollector.StartAsync(certificate.Certificate);
        _files.Write("ca.pem", authority.Pem);
        _files.Write("token", "t0p s3cret,=\n");
        _first.Default = x => x.RespondAsync(503, "busy");
        await using var gateway = await StartAsync($$"""
            otel_service_name = "edge"
            otel_resource_attr = { "deployment.environment.name" = "test" }

            [otel_exporter]
            endpoint = "https://localhost:{{collector.Address.Split(':')[1]}}"
            trusted_certificate = "{{_files.File("ca.pem")}}"
            header = { Authorization = "Bearer ${file:{{_files.File("token")}}}" }
            interval = "20ms"
            """,
            """
            path = "/api/"
            proxy_pass = "http://pool"
            proxy_next_upstream = "http_503"
            otel_trace = true
            otel_trace_context = "propagate"
            otel_span_attr = { "tenant.id" = "$http_x_tenant", "never.there" = "$http_x_nobody" }
            access_log = "DIR/access.log ids"
            """);

        var response = await RawClient.GetAsync(_port, "/api/users?id=1", Sampled, "tracestate: vendor=1", "X-Tenant: acme", "User-Agent: test/1");
        var spans = await SpansAsync(gateway, collector, 3);

        Assert.Equal((200, ""), (response.Status, string.Join("; ", collector.Faults)));
        Assert.Equal("Bearer t0p s3cret,=", collector.Authorization);
        var server = spans.Single(span => span.Kind == OtlpSpan.Server);
        Assert.Equal((CallersTrace, CallersSpan, "/api/", 0), (server.TraceId, server.ParentId, server.Name, server.Status));
        AssertHas(server.Resource, "service.name=edge", "deployment.environment.name=test", "telemetry.sdk.language=dotnet");
        AssertHas(
            server.Attributes,
            "http.request.method=GET", "url.scheme=http", "url.path=/api/users", "url.query=id=1", "http.route=/api/", "http.response.status_code=200", "http.response.body.size=2",
            "server.address=localhost", $"server.port={_port}", "client.address=127.0.0.1", "network.peer.address=127.0.0.1", "network.protocol.version=1.1", "user_agent.original=test/1", "tenant.id=acme");
        Assert.DoesNotContain("never.there", server.Attributes.Keys);

        var tries = spans.Where(span => span.Kind == OtlpSpan.Client).OrderBy(span => span.Start).ToArray();
        Assert.Equal(2, tries.Length);
        Assert.All(tries, span => Assert.Equal((server.TraceId, server.SpanId, "GET"), (span.TraceId, span.ParentId, span.Name)));
        Assert.All(tries, span => Assert.InRange(span.End, span.Start, server.End + 1_000_000));
        AssertHas(tries[0].Attributes, "http.response.status_code=503", "error.type=503", $"server.port={_first.Port}", "balancer.upstream=pool", $"url.full=http://{_first.Address}/api/users?id=1");
        AssertHas(tries[1].Attributes, "http.response.status_code=200", "http.request.resend_count=1", $"server.port={_second.Port}", "network.protocol.version=1.1");
        Assert.Equal((2, 0), (tries[0].Status, tries[1].Status));

        // Each server was told of the try that asked it.
        Assert.Equal($"00-{CallersTrace}-{tries[0].SpanId}-01", _first.Requests.Single()["traceparent"]);
        Assert.Equal($"00-{CallersTrace}-{tries[1].SpanId}-01", _second.Requests.Single()["traceparent"]);
        Assert.Equal("vendor=1", _second.Requests.Single()["tracestate"]);
        await Deadline.UntilAsync(() => File.Exists(gateway.FilePath("access.log")) && File.ReadAllText(gateway.FilePath("access.log")).Contains('\n', StringComparison.Ordinal), () => "the request is in the access log");
        Assert.Equal($"{server.TraceId} {server.SpanId} {server.ParentId} 1\n", await File.ReadAllTextAsync(gateway.FilePath("access.log")));
    }

    [Theory]
    [InlineData("ignore", Sampled, Sampled)]
    [InlineData("extract", Sampled, Sampled)]
    [InlineData("inject", Sampled, "traceparent: 00-[^-]{32}-[^-]{16}-00")]
    [InlineData("propagate", Sampled, $"traceparent: 00-{CallersTrace}-[^-]{{16}}-00")]
    [InlineData("propagate", "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01", "traceparent: 00-[^-]{32}-[^-]{16}-00")]
    [InlineData("propagate", $"{Sampled}\r\n{Sampled}", "traceparent: 00-[^-]{32}-[^-]{16}-00")]
    [InlineData("propagate", "X-None: 1", "traceparent: 00-[^-]{32}-[^-]{16}-00")]
    [InlineData("ignore", "X-None: 1", null)]
    public async Task Upstream_servers_are_told_of_the_trace_as_the_context_says_without_a_collector(string context, string field, string? expected)
    {
        await using var gateway = await StartAsync("", $"""
            path = "/"
            proxy_pass = "http://pool"
            otel_trace_context = "{context}"
            """);

        await RawClient.GetAsync(_port, "/", field, "tracestate: vendor=1");

        var request = _first.Requests.Concat(_second.Requests).Single();
        var lines = request.Values("traceparent");
        if (expected is null)
        {
            Assert.Empty(lines);
        }
        else
        {
            Assert.Matches($"^{expected}$", $"traceparent: {Assert.Single(lines)}");
            Assert.Equal(expected == Sampled, lines[0].Contains(CallersSpan, StringComparison.Ordinal));
        }

        // tracestate speaks of the trace in traceparent, and goes where that goes.
        var keepsState = context is "ignore" or "extract" || (expected?.Contains(CallersTrace, StringComparison.Ordinal) ?? false);
        Assert.Equal(keepsState ? "vendor=1" : null, request["tracestate"]);
    }

    [Fact]
    public async Task Variables_choose_the_requests_that_are_traced_and_a_stop_sends_what_waits()
    {
        await using var collector = await OtlpCollector.StartAsync(isGrpc: false);
        var gateway = await StartAsync($$"""
            [otel_exporter]
            endpoint = "{{collector.Address}}"
            protocol = "http/protobuf"
            interval = "1h"

            [split_clients.share]
            source = "$otel_trace_id"
            values = { "50%" = "on", "*" = "off" }

            [map.traced]
            source = "$otel_parent_id"
            default = "$otel_parent_sampled"
            values = { "" = "$share" }
            """,
            """
            path = "/"
            proxy_pass = "http://pool"
            otel_trace = "$traced"
            otel_trace_context = "propagate"
            otel_span_name = "$request_method $uri"
            """);

        await using (gateway)
        {
            for (var i = 0; i < 200; i++)
            {
                await RawClient.GetAsync(_port, "/fresh");
            }

            await RawClient.GetAsync(_port, "/followed", Sampled);
            await RawClient.GetAsync(_port, "/left-out", NotSampled);
            Assert.Empty(collector.Spans);
            gateway.Process.Signal(UnixSignal.Term);
            await gateway.WaitForExitAsync();
        }

        var servers = collector.Spans.Where(span => span.Kind == OtlpSpan.Server).ToArray();
        Assert.Empty(collector.Faults);
        Assert.Single(servers, span => span.Name == "GET /followed");
        Assert.DoesNotContain(servers, span => span.Name == "GET /left-out");

        // 200 throws of a coin: 7 standard deviations.
        var told = _first.Requests.Concat(_second.Requests).Where(request => request.Path == "/fresh").ToArray();
        var traced = servers.Where(span => span.Name == "GET /fresh").Select(span => span.TraceId).ToHashSet();
        Assert.InRange(traced.Count, 50, 150);
        Assert.Equal(200, told.Length);
        Assert.All(told, request => Assert.Equal(traced.Contains(request["traceparent"]!.Split('-')[1]) ? "01" : "00", request["traceparent"]!.Split('-')[3]));
    }

    [Fact]
    public async Task A_collector_that_fails_is_named_and_costs_no_request()
    {
        var port = Ports.Next();
        await using var gateway = await StartAsync($$"""
            [otel_exporter]
            endpoint = "127.0.0.1:{{port}}"
            interval = "10ms"
            """,
            """
            path = "/"
            proxy_pass = "http://pool"
            otel_trace = true
            """);

        Assert.Equal(200, (await RawClient.GetAsync(_port, "/")).Status);
        await gateway.ScrapeWhenAsync(metrics => metrics.Sum("balancer_trace_spans_total", "result=failed") >= 2);
        await gateway.Process.WaitForLineAsync(line => line.Contains("trace-export-failed", StringComparison.Ordinal));
        await using (var collector = await OtlpCollector.StartAsync(port: port))
        {
            collector.IsAvailable = false;
            Assert.Equal(200, (await RawClient.GetAsync(_port, "/")).Status);
            await gateway.Process.WaitForLineAsync(line => line.Contains("out for lunch", StringComparison.Ordinal));
            await gateway.ScrapeWhenAsync(metrics => metrics.Sum("balancer_trace_spans_total", "result=failed") >= 4);
            collector.IsAvailable = true;
            Assert.Equal(200, (await RawClient.GetAsync(_port, "/")).Status);
            await SpansAsync(gateway, collector, 2);
            await gateway.Process.WaitForLineAsync(line => line.Contains("trace-export-recovered", StringComparison.Ordinal));
            var metrics = await gateway.ScrapeWhenAsync(metrics => metrics.Sum("balancer_trace_spans_total", "result=exported") >= 2);
            Assert.Equal((4, 2, 0), ((int)metrics.Sum("balancer_trace_spans_total", "result=failed"), (int)metrics.Sum("balancer_trace_spans_total", "result=exported"), (int)metrics.Sum("balancer_trace_spans_total", "result=dropped")));
        }
    }

    [Fact]
    public async Task Servers_of_http_2_the_questions_of_auth_request_and_failures_are_in_the_trace()
    {
        await using var collector = await OtlpCollector.StartAsync();
        string? told = null;
        await using var service = await KestrelUpstream.StartAsync(context =>
        {
            told = context.Request.Headers.TraceParent;
            return context.Response.WriteAsync("ok");
        });
        var dead = Ports.Next();
        await using var gateway = await StartAsync(
            $$"""
            otel_trace = true
            otel_trace_context = "inject"

            [otel_exporter]
            endpoint = "http://{{collector.Address}}"
            interval = "20ms"
            """,
            $$"""
            path = "/h2/"
            proxy_pass = "http://{{service.Address}}"
            proxy_http_version = "2"
            auth_request = "/auth"

            [[server.location]]
            path = "= /auth"
            internal = true
            proxy_pass = "http://{{_first.Address}}"

            [[server.location]]
            path = "/dead"
            proxy_pass = "http://127.0.0.1:{{dead}}"
            otel_span_name = "dead $status"
            """);

        Assert.Equal(200, (await RawClient.GetAsync(_port, "/h2/x", Sampled)).Status);
        var spans = await SpansAsync(gateway, collector, 3);
        var server = spans.Single(span => span.Kind == OtlpSpan.Server);
        Assert.NotEqual(CallersTrace, server.TraceId);
        Assert.Equal("", server.ParentId);
        Assert.All(spans.Where(span => span.Kind == OtlpSpan.Client), span => Assert.Equal((server.TraceId, server.SpanId), (span.TraceId, span.ParentId)));
        var call = spans.Single(span => span.Attributes.GetValueOrDefault("network.protocol.version") == "2");
        var question = spans.Single(span => span.Attributes.GetValueOrDefault("server.port") == _first.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal($"00-{server.TraceId}-{call.SpanId}-01", told);
        Assert.Equal($"00-{server.TraceId}-{question.SpanId}-01", _first.Requests.Single()["traceparent"]);

        Assert.Equal(502, (await RawClient.GetAsync(_port, "/dead")).Status);
        spans = await SpansAsync(gateway, collector, 5);
        var failed = spans.Where(span => span.Status == 2).ToArray();
        Assert.Equal(["upstream_connect_failed", "upstream_connect_failed"], failed.Select(span => span.Attributes["error.type"]));
        Assert.Single(failed, span => span.Name == "dead 502" && span.Kind == OtlpSpan.Server);
    }

    [Fact]
    public async Task A_reload_under_load_loses_no_span_whether_it_changes_the_collector_or_not()
    {
        await using var one = await OtlpCollector.StartAsync();
        await using var other = await OtlpCollector.StartAsync();
        string Top(OtlpCollector collector) => $$"""
            otel_trace = true

            [otel_exporter]
            endpoint = "{{collector.Address}}"
            interval = "20ms"
            batch_count = 64
            """;
        const string Location = """
            path = "/"
            proxy_pass = "http://pool"
            """;
        await using var gateway = await StartAsync(Top(one), Location);

        const int Requests = 600;
        for (var i = 0; i < Requests; i++)
        {
            if (i % 100 == 50)
            {
                gateway.WriteConfig(Toml(Top(i is 250 or 350 ? other : one), Location));
                await gateway.ReloadAsync();
            }

            Assert.Equal(200, (await RawClient.GetAsync(_port, "/")).Status);
        }

        await Deadline.UntilAsync(() => one.Spans.Length + other.Spans.Length >= 2 * Requests, () => $"every span has arrived: {one.Spans.Length} and {other.Spans.Length}");
        Assert.Equal(2 * Requests, one.Spans.Length + other.Spans.Length);
        Assert.Equal(400, other.Spans.Length);
        Assert.Equal(Requests, one.Spans.Concat(other.Spans).Select(span => span.TraceId).Distinct().Count());
    }

    private Task<GatewayProcess> StartAsync(string top, string location) => GatewayProcess.StartAsync(Toml(top, location));

    private string Toml(string top, string location) => $"""
        log_format.ids = "$otel_trace_id $otel_span_id $otel_parent_id $otel_parent_sampled"
        {top}

        [upstream.pool]
        server = ["{_first.Address} max_fails=0", "{_second.Address} max_fails=0"]

        [[server]]
        listen = "127.0.0.1:{_port}"

        [[server.location]]
        {location}
        """;

    private static async Task<OtlpSpan[]> SpansAsync(GatewayProcess gateway, OtlpCollector collector, int count)
    {
        await Deadline.UntilAsync(() => collector.Spans.Length >= count, () => $"{count} spans arrive; there are {collector.Spans.Length}, {string.Join("; ", collector.Faults)}; the gateway says {gateway.Process.Output}");
        return collector.Spans;
    }

    private static void AssertHas(IReadOnlyDictionary<string, string> attributes, params string[] expected) =>
        Assert.Equal(expected, expected.Select(text => $"{text.Split('=')[0]}={attributes.GetValueOrDefault(text.Split('=')[0], "nothing")}"));
}
