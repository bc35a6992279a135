using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Node's http2 module and the package ws on both sides of the gateway, over TLS.</summary>
public sealed class NodeScenarios : IDisposable
{
    private readonly CertificateFiles _certificates = new();
    private readonly int _port = Ports.Next();

    public NodeScenarios() => _certificates.Issue("a", "a.test");

    [RequiresNode("ws")]
    public async Task Http2_of_node_is_served() => await RunAsync("http2-client.js");

    [RequiresNode("ws")]
    public async Task Websockets_of_ws_pass() => await RunAsync("websocket-client.js");

    [RequiresNode("ws")]
    public async Task Websockets_on_streams_of_http2_pass() => await RunAsync("http2-websocket-client.js");

    public void Dispose() => _certificates.Dispose();

    private async Task RunAsync(string script)
    {
        var (server, port) = await NodeScript.StartServerAsync("server.js", _certificates.PathOf("a.pem"), _certificates.PathOf("a.key"));
        await using var running = server;
        await using var gateway = await GatewayProcess.StartAsync($$"""
            {{_certificates.Lines("a")}}

            [upstream.pool]
            server = ["127.0.0.1:{{port}}"]

            [[server]]
            listen = "127.0.0.1:{{_port}} ssl"
            http2 = true
            client_max_body_size = "10m"
            proxy_ssl_trusted_certificate = "{{_certificates.PathOf("ca.pem")}}"
            proxy_ssl_name = "a.test"

              [[server.location]]
              path = "/"
              proxy_pass = "https://pool"
            """);
        await NodeScript.AssertOkAsync(script, $"{_port}", _certificates.PathOf("ca.pem"));
        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_upstream_failures_total"));
    }
}
