using System.Net;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Upstream servers that speak TLS, as nginx does.</summary>
public sealed class HttpsUpstreamScenarios : IDisposable
{
    private readonly CertificateFiles _files = new();

    public HttpsUpstreamScenarios()
    {
        _files.Issue("good", "app.example");
        _files.Issue("expired", "app.example", DateTimeOffset.UtcNow.AddDays(-1));
        _files.Issue("client", "gateway.example");
        _files.Write("stranger", _files.Keep(TestCertificate.Ecdsa("app.example")));
    }

    public void Dispose() => _files.Dispose();

    private Task<NginxProcess> StartServerAsync(int port, string certificate, string more = "") => NginxProcess.StartAsync($$"""
        server {
            listen 127.0.0.1:{{port}} ssl;
            ssl_certificate {{_files.PathOf(certificate + ".pem")}};
            ssl_certificate_key {{_files.PathOf(certificate + ".key")}};
            ssl_protocols TLSv1.2 TLSv1.3;
            client_max_body_size 0;
            {{more}}
            location / { return 200 "$ssl_server_name $ssl_session_reused $connection_requests $ssl_protocol $ssl_client_verify"; }
            location /large { root {{Path.GetDirectoryName(_files.PathOf("large"))}}; }
        }
        """);

    private string Toml(int port, string servers, string settings, string pass = "https://pool") => $$"""
        [upstream.pool]
        server = [{{servers}}]

        [[server]]
        listen = "127.0.0.1:{{port}}"
        proxy_ssl_trusted_certificate = "{{_files.PathOf("ca.pem")}}"
        {{settings}}

          [[server.location]]
          path = "/"
          proxy_pass = "{{pass}}"
        """;

    [RequiresTool("nginx")]
    public async Task Certificate_is_verified_the_name_is_sent_and_connections_are_kept()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, "good");
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", "proxy_ssl_name = \"app.example\""));

        Assert.Equal("app.example . 1 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/")).BodyText);
        Assert.Equal("app.example . 2 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/")).BodyText);
        Assert.Equal(1, (await gateway.ScrapeAsync()).Sum("balancer_upstream_connections_idle"));
    }

    [RequiresTool("nginx")]
    public async Task New_connection_resumes_the_session_of_the_one_before_unless_told_not_to()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, "good");
        var toml = Toml(port, $"\"127.0.0.1:{server}\"", "proxy_ssl_name = \"app.example\"").Replace("[upstream.pool]", "[upstream.pool]\nkeepalive = 0", StringComparison.Ordinal);
        await using var gateway = await GatewayProcess.StartAsync(toml);
        foreach (var versions in new[] { "TLSv1.2", "TLSv1.3" })
        {
            gateway.WriteConfig(toml.Replace("proxy_ssl_name", $"proxy_ssl_protocols = \"{versions}\"\nproxy_ssl_name", StringComparison.Ordinal));
            await gateway.ReloadAsync();
            Assert.Equal($"app.example . 1 {versions} NONE", (await RawClient.GetAsync(port, "/")).BodyText);
            Assert.Equal($"app.example r 1 {versions} NONE", (await RawClient.GetAsync(port, "/")).BodyText);
            Assert.Equal($"app.example r 1 {versions} NONE", (await RawClient.GetAsync(port, "/")).BodyText);
        }

        gateway.WriteConfig(toml.Replace("proxy_ssl_name", "proxy_ssl_session_reuse = false\nproxy_ssl_server_name = false\nproxy_ssl_name", StringComparison.Ordinal));
        await gateway.ReloadAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(" . 1 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/")).BodyText);
        }
    }

    [RequiresToolTheory("nginx")]
    [InlineData("good", "proxy_ssl_name = \"other.example\"", "certificate: hostname mismatch")]
    [InlineData("good", "", "certificate: hostname mismatch")]
    [InlineData("expired", "proxy_ssl_name = \"app.example\"", "certificate: certificate has expired")]
    [InlineData("stranger", "proxy_ssl_name = \"app.example\"", "certificate: self-signed certificate")]
    [InlineData("good", "proxy_ssl_name = \"app.example\"\nproxy_ssl_protocols = \"TLSv1.2\"\nproxy_ssl_ciphers = \"ECDHE-RSA-AES128-GCM-SHA256\"", "handshake failure")]
    public async Task Server_that_cannot_be_trusted_is_502_and_the_log_says_why(string certificate, string settings, string reason)
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, certificate);
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", settings));

        Assert.Equal(502, (await RawClient.GetAsync(port, "/")).Status);

        var line = Assert.Single(gateway.Process.Output.Split('\n'), l => l.Contains("event=upstream-tls-failed", StringComparison.Ordinal));
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.Contains($"server=127.0.0.1:{server}", line, StringComparison.Ordinal);
        var metrics = await gateway.ScrapeAsync();
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", "reason=tls"));
        Assert.Equal(0, metrics.Sum("balancer_upstream_connections_active"));
    }

    [RequiresTool("nginx")]
    public async Task Request_goes_on_to_a_server_that_can_be_trusted()
    {
        var (port, bad, good) = (Ports.Next(), Ports.Next(), Ports.Next());
        await using var first = await StartServerAsync(bad, "expired");
        await using var second = await StartServerAsync(good, "good");
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{bad}\", \"127.0.0.1:{good}\"", "proxy_ssl_name = \"app.example\""));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await RawClient.GetAsync(port, "/")).Status);
        }
    }

    [RequiresTool("nginx")]
    public async Task Verification_may_be_switched_off()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, "stranger");
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", "proxy_ssl_verify = false"));

        Assert.Equal("pool . 1 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/")).BodyText);
    }

    [RequiresTool("nginx")]
    public async Task Gateway_shows_its_own_certificate_when_asked()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, "good", $"ssl_client_certificate {_files.PathOf("ca.pem")}; ssl_verify_client on;");
        var settings = $"""
            proxy_ssl_name = "app.example"
            proxy_ssl_certificate = "{_files.PathOf("client.pem")}"
            proxy_ssl_certificate_key = "{_files.PathOf("client.key")}"
            """;
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", settings));

        Assert.Equal("app.example . 1 TLSv1.3 SUCCESS", (await RawClient.GetAsync(port, "/")).BodyText);
    }

    [RequiresTool("nginx")]
    public async Task Connections_by_different_names_are_not_taken_for_one_another()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        await using var nginx = await StartServerAsync(server, "good");
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", "proxy_ssl_verify = false\nproxy_ssl_name = \"$arg_name\""));

        Assert.Equal("a . 1 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/?name=a")).BodyText);
        Assert.Equal("b . 1 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/?name=b")).BodyText);
        Assert.Equal("a . 2 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/?name=a")).BodyText);
        Assert.Equal("b . 2 TLSv1.3 NONE", (await RawClient.GetAsync(port, "/?name=b")).BodyText);

        // Names that clients make up do not fill the memory: beyond a number of them connections are used once.
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"n{i}", (await RawClient.GetAsync(port, $"/?name=n{i}")).BodyText.Split(' ')[0]);
        }

        Assert.True((await gateway.ScrapeAsync()).Sum("balancer_upstream_connections_idle") <= 32);
    }

    [RequiresTool("nginx")]
    public async Task Large_bodies_pass()
    {
        var (port, server) = (Ports.Next(), Ports.Next());
        var text = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i:x8}"));
        _files.Write("large", text);
        await using var nginx = await StartServerAsync(server, "good");
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"127.0.0.1:{server}\"", "proxy_ssl_name = \"app.example\"\nclient_max_body_size = 0"));

        Assert.Equal(text, (await RawClient.GetAsync(port, "/large")).BodyText);
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {text.Length}\r\n\r\n");
        await client.TrySendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Server_that_speaks_no_tls_is_502()
    {
        await using var upstream = TestUpstream.Start(new IPEndPoint(IPAddress.Loopback, 0));
        upstream.OnConnection = async connection =>
        {
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            connection.Close();
        };
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"{upstream.Address}\"", ""));

        Assert.Equal(502, (await RawClient.GetAsync(port, "/")).Status);
        Assert.Contains("event=upstream-tls-failed", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handshake_that_takes_too_long_is_504()
    {
        await using var upstream = TestUpstream.Start();
        upstream.OnConnection = connection => connection.Closed;
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"{upstream.Address}\"", "proxy_connect_timeout = \"300ms\""));

        Assert.Equal(504, (await RawClient.GetAsync(port, "/")).Status);
    }
}
