using Balancer.Harness;
using Balancer.Tls;

namespace Balancer.Proxy;

/// <summary>Clients and servers of @grpc/grpc-js on both sides of the gateway.</summary>
public sealed class GrpcScenarios : IDisposable
{
    private readonly CertificateFiles _certificates = new();
    private readonly int _port = Ports.Next();

    public GrpcScenarios() => _certificates.Issue("a", "a.test");

    public void Dispose() => _certificates.Dispose();

    [RequiresNode("@grpc/grpc-js")]
    public async Task Calls_of_every_kind_pass()
    {
        var (server, port) = await StartServerAsync("one");
        await using var running = server;
        await using var gateway = await GatewayProcess.StartAsync(Toml($"grpc://127.0.0.1:{port}"));

        await NodeScript.AssertOkAsync("grpc-client.js", $"{_port}", "all");

        // The call whose deadline was over is cancelled on the server too.
        await server.WaitForLineAsync(line => line == "cancelled");
        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_upstream_failures_total"));
    }

    [RequiresNode("@grpc/grpc-js")]
    public async Task Calls_of_every_kind_pass_over_TLS()
    {
        var (server, port) = await StartServerAsync("one", 0, _certificates.PathOf("a.pem"), _certificates.PathOf("a.key"));
        await using var running = server;
        await using var gateway = await GatewayProcess.StartAsync(Toml($"grpcs://127.0.0.1:{port}"));

        await NodeScript.AssertOkAsync("grpc-client.js", $"{_port}", "all");

        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_upstream_failures_total"));
    }

    [RequiresNode("@grpc/grpc-js")]
    public async Task A_call_without_a_server_is_UNAVAILABLE_and_goes_to_another_where_there_is_one()
    {
        var dead = Ports.Next();
        await using (var gateway = await GatewayProcess.StartAsync(Toml($"grpc://127.0.0.1:{dead}")))
        {
            await NodeScript.AssertOkAsync("grpc-client.js", $"{_port}", "unavailable");
        }

        var (server, port) = await StartServerAsync("one");
        await using var running = server;
        await using var both = await GatewayProcess.StartAsync(
            $"[upstream.pool]\nserver = [\"127.0.0.1:{dead}\", \"127.0.0.1:{port}\"]\n{Toml("grpc://pool")}");

        await NodeScript.AssertOkAsync("grpc-client.js", $"{_port}", "all");
    }

    [RequiresNode("@grpc/grpc-js")]
    public async Task A_stream_whose_server_is_killed_ends_with_UNAVAILABLE()
    {
        var (server, port) = await StartServerAsync("one");
        await using var running = server;
        await using var gateway = await GatewayProcess.StartAsync(Toml($"grpc://127.0.0.1:{port}"));
        await using var client = NodeScript.Start("grpc-client.js", $"{_port}", "dies");
        await client.WaitForLineAsync(line => line == "ready");

        server.Signal(UnixSignal.Kill);

        var code = await Deadline.WaitAsync(client.Exited, () => $"the client ends; its output:\n{client.Output}");
        Assert.True(code == 0 && client.Lines is [.., "ok"], client.Output);
    }

    [RequiresNode("@grpc/grpc-js")]
    public async Task Reloads_fail_no_call()
    {
        var (one, first) = await StartServerAsync("one");
        await using var runningOne = one;
        var (two, second) = await StartServerAsync("two");
        await using var runningTwo = two;
        string[] files =
        [
            $"[upstream.pool]\nserver = [\"127.0.0.1:{first}\"]\n{Toml("grpc://pool")}",
            $"[upstream.pool]\nserver = [\"127.0.0.1:{second}\"]\n{Toml("grpc://pool")}",
        ];
        await using var gateway = await GatewayProcess.StartAsync(files[0]);
        await using var client = NodeScript.Start("grpc-client.js", $"{_port}", "load");
        for (var i = 1; !client.Exited.IsCompleted; i++)
        {
            gateway.WriteConfig(files[i % 2]);
            await gateway.ReloadAsync();
        }

        Assert.True(await client.Exited == 0 && client.Lines is [.., "ok"], client.Output);
    }

    [RequiresTool("nginx", "h2load")]
    public async Task Reloads_fail_no_request_to_a_server_that_speaks_HTTP_2()
    {
        var upstream = Ports.Next();
        await using var nginx = await NginxProcess.StartAsync($$"""
            server {
                listen 127.0.0.1:{{upstream}} http2;
                keepalive_requests 1000;
                location / { return 200 "$server_protocol"; }
            }
            """);
        var toml = Toml($"grpc://127.0.0.1:{upstream}").Replace("grpc_pass = \"grpc://", "proxy_http_version = \"2\"\nproxy_pass = \"http://", StringComparison.Ordinal);
        await using var gateway = await GatewayProcess.StartAsync(toml);
        Assert.Equal("HTTP/2.0", (await RawClient.GetAsync(_port, "/")).BodyText);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = H2Load.RunUntilAsync(over.Task, $"http://127.0.0.1:{_port}/", 4, 16);
        for (var i = 0; i < 30; i++)
        {
            await gateway.ReloadAsync();
        }

        over.SetResult();
        var result = await load;

        Assert.Equal((result.Total, result.Total, 0), (result.Succeeded, result.Status2xx, result.Failures));
    }

    private static Task<(ChildProcess Process, int Port)> StartServerAsync(string name, int port = 0, params string[] files) =>
        NodeScript.StartServerAsync("grpc-server.js", [$"{port}", name, .. files]);

    private string Toml(string pass) => $$"""
        [[server]]
        listen = "127.0.0.1:{{_port}}"
        http2 = true
        client_max_body_size = "10m"
        keepalive_requests = 100000000
        proxy_ssl_trusted_certificate = "{{_certificates.PathOf("ca.pem")}}"
        proxy_ssl_name = "a.test"

          [[server.location]]
          path = "/"
          grpc_pass = "{{pass}}"
        """;
}
