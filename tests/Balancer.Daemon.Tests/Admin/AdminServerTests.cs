using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Proxy;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Daemon.Admin;

public sealed class AdminServerTests : IAsyncLifetime, IDisposable
{
    private readonly FakeGatewayView _gateway = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly AdminServer _admin;

    public AdminServerTests() => _admin = new AdminServer(new AdminPages(_gateway), NullLoggerFactory.Instance);

    public Task InitializeAsync() => MoveAsync(Listen(IPAddress.Loopback));

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("GET", "/", 200, "text/plain; charset=utf-8", "/health/ready")]
    [InlineData("GET", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "half of Prometheus\n")]
    [InlineData("GET", "/metrics?x=1", 200, "text/plain; version=0.0.4; charset=utf-8", "half of Prometheus\n")]
    [InlineData("GET", "/health/live", 200, "application/json", """{"status":"live"}""")]
    [InlineData("GET", "/health/ready", 200, "application/json", """{"status":"ready","unavailable_upstreams":[]}""")]
    [InlineData("GET", "/status", 200, "application/json", """{"pools":[]}""")]
    [InlineData("GET", "/Metrics", 404, "text/plain; charset=utf-8", "No such page")]
    [InlineData("GET", "/metrics/", 404, "text/plain; charset=utf-8", "No such page")]
    [InlineData("GET", "/health", 404, "text/plain; charset=utf-8", "No such page")]
    [InlineData("POST", "/metrics", 405, "text/plain; charset=utf-8", "Only GET and HEAD")]
    [InlineData("DELETE", "/status", 405, "text/plain; charset=utf-8", "Only GET and HEAD")]
    [InlineData("POST", "/nowhere", 404, "text/plain; charset=utf-8", "No such page")]
    public async Task Pages_answer(string method, string path, int status, string type, string text)
    {
        using var response = await SendAsync(method, path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(type, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 405 ? ["GET", "HEAD"] : [], response.Content.Headers.Allow);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/ready")]
    [InlineData("/")]
    public async Task Head_is_get_without_the_body(string path)
    {
        using var get = await SendAsync("GET", path);
        using var head = await SendAsync("HEAD", path);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Openmetrics_is_served_to_who_asks()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Uri("/metrics"));
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        using var response = await _client.SendAsync(request);

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal("half of OpenMetrics\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Draining_gateway_is_not_ready()
    {
        _gateway.Readiness = new Readiness(IsDraining: true, []);
        using var response = await SendAsync("GET", "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("{\"status\":\"draining\",\"unavailable_upstreams\":[]}\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Pool_without_a_server_is_named()
    {
        _gateway.Readiness = new Readiness(IsDraining: false, ["admin_backend", "b"]);
        using var response = await SendAsync("GET", "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("{\"status\":\"unavailable\",\"unavailable_upstreams\":[\"admin_backend\",\"b\"]}\n", await response.Content.ReadAsStringAsync());
        using var live = await SendAsync("GET", "/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Fault_while_writing_gives_500_and_no_half_page()
    {
        _gateway.Fault = new InvalidOperationException("bug");
        using var response = await SendAsync("GET", "/metrics");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Same_address_keeps_the_server()
    {
        var before = _admin.Address;
        await MoveAsync(Listen(IPAddress.Loopback));

        Assert.Equal(before, _admin.Address);
    }

    [Fact]
    public async Task Address_moves_at_a_commit()
    {
        var before = _admin.Address!;
        await MoveAsync(Listen(IPAddress.IPv6Loopback));

        Assert.StartsWith("http://[::1]:", _admin.Address, StringComparison.Ordinal);
        using var response = await SendAsync("GET", "/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(new Uri(before)));
    }

    [Fact]
    public async Task Move_that_is_not_committed_changes_nothing()
    {
        var before = _admin.Address;
        await using (await _admin.PrepareAsync(Listen(IPAddress.IPv6Loopback), CancellationToken.None))
        {
        }

        Assert.Equal(before, _admin.Address);
        using var response = await SendAsync("GET", "/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Admin_endpoint_can_be_dropped()
    {
        var before = _admin.Address!;
        await MoveAsync(null);

        Assert.Null(_admin.Address);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(new Uri(before)));
    }

    [Fact]
    public async Task Taken_address_is_an_error_at_its_place_in_the_file()
    {
        var port = new Uri(_admin.Address!).Port;
        await using var other = new AdminServer(new AdminPages(_gateway), NullLoggerFactory.Instance);

        var error = await Assert.ThrowsAsync<GatewayConfigException>(() => other.PrepareAsync(Listen(IPAddress.Loopback, port), CancellationToken.None));

        Assert.Equal($"a.toml:3:1: [admin] listen: cannot bind 127.0.0.1:{port}: the address is in use", error.Errors.Single().ToString());
    }

    [Fact]
    public async Task Unix_socket_is_served_and_removed()
    {
        using var directory = new TempDirectory();
        var endPoint = new UnixDomainSocketEndPoint(directory["admin.sock"]);
        await using (var admin = new AdminServer(new AdminPages(_gateway), NullLoggerFactory.Instance))
        {
            await using var move = await admin.PrepareAsync(new ListenConfig { Source = SourceLocation.None, EndPoint = endPoint }, CancellationToken.None);
            await move.CommitAsync();
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(endPoint);
            await socket.SendAsync("GET /health/live HTTP/1.0\r\n\r\n"u8.ToArray());
            var bytes = new byte[1024];
            Assert.StartsWith("HTTP/1.1 200 OK", System.Text.Encoding.ASCII.GetString(bytes, 0, await socket.ReceiveAsync(bytes)), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(directory["admin.sock"]));
    }

    private static ListenConfig Listen(IPAddress address, int port = 0) =>
        new() { Source = new SourceLocation("a.toml", 3, 1), EndPoint = new IPEndPoint(address, port) };

    private async Task MoveAsync(ListenConfig? listen)
    {
        await using var move = await _admin.PrepareAsync(listen, CancellationToken.None);
        await move.CommitAsync();
    }

    private Uri Uri(string path) => new(_admin.Address + path);

    private async Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Uri(path));
        return await _client.SendAsync(request);
    }
}
