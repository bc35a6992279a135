using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Balancer.Harness;
using Balancer.TestSupport.Http2;
using Balancer.TestSupport.Tracing;
using Balancer.Tls;
using Microsoft.AspNetCore.Http;

namespace Balancer.Gateways;

/// <summary>The shipped <c>conf/microservices.toml</c>: its environment says where the services are, who is trusted and who may call.</summary>
public sealed class MicroservicesScenarios : IAsyncLifetime
{
    private static readonly byte[] Serving = [0, 0, 0, 0, 2, 8, 1];

    private readonly TestUpstream _users = TestUpstream.Start();
    private readonly TestUpstream _orders = TestUpstream.Start();
    private readonly TempDirectory _secrets = new();
    private readonly int _port = Ports.Next();
    private readonly TestCertificate _authority = TestCertificate.Ecdsa("authority", isAuthority: true);
    private TestCertificate _certificate = null!;
    private OtlpCollector _collector = null!;
    private volatile bool _inventoryServes = true;
    private KestrelUpstream _inventory = null!;
    private GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        foreach (var server in (TestUpstream[])[_users, _orders])
        {
            server.Default = x => x.RespondAsync(200, $"{x.Request["X-Forwarded-For"]} {x.Request["X-Gateway-Key"]}");
            server.On("/health", x => x.RespondAsync(200, """{"status": "up"}""", "Content-Type: application/json"));
        }

        _inventory = await KestrelUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(context.Request.Path == "/grpc.health.v1.Health/Check" && !_inventoryServes ? [0, 0, 0, 0, 2, 8, 2] : Serving);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        _certificate = TestCertificate.Ecdsa("localhost", issuer: _authority);
        _collector = await OtlpCollector.StartAsync(_certificate.Certificate);
        _secrets.Write("gateway.key", "s3cret\n");
        var toml = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "conf", "microservices.toml"));
        _gateway = await GatewayProcess.StartAsync(
            toml.Replace("127.0.0.1:9145", "ADMIN", StringComparison.Ordinal)
                .Replace("/run/balancer/", "DIR/", StringComparison.Ordinal)
                .Replace("access_log = \"stdout json\"", "access_log = \"DIR/access.log json\"", StringComparison.Ordinal)
                .Replace("interval=2s jitter=200ms", "interval=50ms", StringComparison.Ordinal)
                .Replace("[otel_exporter]", "[otel_exporter]\ninterval = \"20ms\"", StringComparison.Ordinal),
            new Dictionary<string, string>
            {
                ["LISTEN"] = $"127.0.0.1:{_port}",
                ["USERS_ADDRESS"] = _users.Address,
                ["ORDERS_ADDRESS"] = _orders.Address,
                ["INVENTORY_ADDRESS"] = _inventory.Address,
                ["TRUSTED_PROXIES"] = "127.0.8.0/24",
                ["COLLECTOR"] = $"https://localhost:{_collector.Address.Split(':')[1]}",
                ["COLLECTOR_CA_FILE"] = _secrets.Write("ca.pem", _authority.Pem),
                ["ALLOWED_ORIGIN"] = "https://shop.example",
                ["GATEWAY_KEY_FILE"] = _secrets.File("gateway.key"),
            });
        await UntilReadyAsync(HttpStatusCode.OK);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _users.DisposeAsync();
        await _orders.DisposeAsync();
        await _inventory.DisposeAsync();
        await _collector.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
        _secrets.Dispose();
    }

    [Fact]
    public async Task Only_a_trusted_proxy_says_who_the_client_is_and_each_client_has_a_hundred_requests()
    {
        using var proxy = AddressedClient.Of("127.0.8.1", _port);
        using var stranger = AddressedClient.Of("127.0.9.1", _port);

        Assert.Equal("203.0.113.7, 127.0.8.1 s3cret", await SendAsync(proxy, "203.0.113.7"));
        Assert.Equal("127.0.9.1 s3cret", await SendAsync(stranger, "203.0.113.7"));
        Assert.Equal("203.0.113.9, 127.0.8.1 s3cret", (await SendAsync(proxy, "6.6.6.6, 203.0.113.9, 127.0.8.3"))!.Replace(", 127.0.8.3", "").Replace("6.6.6.6, ", ""));

        // The client behind the proxy is counted, whichever name it makes up before its own.
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 110; i++)
        {
            using var request = Request($"10.{i}.0.1, 198.51.100.5");
            using var response = await proxy.SendAsync(request);
            statuses.Add(response.StatusCode);
        }

        Assert.All(statuses.Take(100), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.NotNull(await SendAsync(proxy, "198.51.100.6"));
    }

    [Fact]
    public async Task Ready_follows_the_checks_of_http_and_grpc_and_no_request_reaches_what_is_known_dead()
    {
        using var client = AddressedClient.Of("127.0.9.2", _port);
        _users.On("/health", x => x.RespondAsync(200, """{"status": "starting"}""", "Content-Type: application/json"));
        var health = await UntilReadyAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(["users"], health.GetProperty("unavailable_upstreams").EnumerateArray().Select(name => name.GetString()));

        using var refused = await client.GetAsync("/api/users/1");
        Assert.Equal((HttpStatusCode.BadGateway, "application/json"), (refused.StatusCode, refused.Field("Content-Type")));
        Assert.DoesNotContain(_users.Requests, request => request.Target == "/api/users/1");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/orders/1")).StatusCode);

        _users.On("/health", x => x.RespondAsync(200, """{"status": "up"}""", "Content-Type: application/json"));
        await UntilReadyAsync(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/users/1")).StatusCode);

        _inventoryServes = false;
        health = await UntilReadyAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(["inventory"], health.GetProperty("unavailable_upstreams").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("14", await CallAsync());
        _inventoryServes = true;
        await UntilReadyAsync(HttpStatusCode.OK);
        Assert.Equal("0", await CallAsync());
        using var live = await client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task The_origin_of_the_environment_may_call_and_unknown_paths_are_json()
    {
        using var client = AddressedClient.Of("127.0.9.3", _port);
        foreach (var (origin, allowed) in ((string, string?)[])[("https://shop.example", "https://shop.example"), ("https://app.example.com", null)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/orders/1");
            request.Headers.Add("Origin", origin);
            using var response = await client.SendAsync(request);
            Assert.Equal(allowed, response.Field("Access-Control-Allow-Origin"));
        }

        using var unknown = await client.GetAsync("/admin");
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (unknown.StatusCode, unknown.Field("Content-Type")));
        Assert.Contains($"\"request_id\":\"{unknown.Field("X-Request-ID")}\"", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_of_a_caller_goes_on_over_http_and_grpc_and_arrives_at_the_collector()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var client = AddressedClient.Of("127.0.9.6", _port);
        foreach (var path in (string[])["/api/users/7", "/health/live", "/admin"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");
            using var response = await client.SendAsync(request);
        }

        Assert.Equal("0", await CallAsync(("traceparent", $"00-{Trace}-00f067aa0ba902b7-01")));
        await Deadline.UntilAsync(() => _collector.Spans.Count(span => span.TraceId == Trace) >= 5, () => $"the spans arrive; there are {_collector.Spans.Length}, and the gateway says {_gateway.Process.Output}");

        var spans = _collector.Spans.Where(span => span.TraceId == Trace).ToArray();
        var servers = spans.Where(span => span.Kind == OtlpSpan.Server).ToArray();
        Assert.Equal(["/", "/api/users/", "/inventory.v1.Inventory/"], servers.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.All(spans, span => Assert.Equal("api-gateway", span.Resource["service.name"]));
        Assert.All(servers, span => Assert.Equal("00f067aa0ba902b7", span.ParentId));
        var users = servers.Single(span => span.Name == "/api/users/");
        var asked = spans.Single(span => span.ParentId == users.SpanId);
        Assert.Equal(("users", $"00-{Trace}-{asked.SpanId}-01"), (asked.Attributes["balancer.upstream"], _users.Requests.Single(request => request.Path == "/api/users/7")["traceparent"]));
        Assert.Equal(32, users.Attributes["request.id"].Length);
        Assert.Equal("inventory", spans.Single(span => span.ParentId == servers.Single(server => server.Name.StartsWith("/inventory", StringComparison.Ordinal)).SpanId).Attributes["balancer.upstream"]);
    }

    private static HttpRequestMessage Request(string forwarded)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        return request;
    }

    private static async Task<string?> SendAsync(HttpClient client, string forwarded)
    {
        using var request = Request(forwarded);
        using var response = await client.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
    }

    private async Task<JsonElement> UntilReadyAsync(HttpStatusCode status)
    {
        using var client = AddressedClient.Of("127.0.9.4", _port);
        var text = "";
        await Deadline.UntilAsync(
            async () =>
            {
                using var response = await client.GetAsync("/health/ready");
                text = await response.Content.ReadAsStringAsync();
                return response.StatusCode == status;
            },
            () => $"/health/ready is {status}; it says {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Calls the gRPC service; its status.</summary>
    private async Task<string> CallAsync(params (string Name, string Value)[] fields)
    {
        using var client = AddressedClient.Of("127.0.9.5", _port);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/inventory.v1.Inventory/Get") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach (var (name, value) in fields)
        {
            request.Headers.Add(name, value);
        }

        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return response.TrailingHeaders.TryGetValues("grpc-status", out var status) || response.Headers.TryGetValues("grpc-status", out status) ? status.First() : "none";
    }
}
