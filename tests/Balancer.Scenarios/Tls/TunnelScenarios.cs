using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Tunnels one or both of whose sides speak TLS: each direction ends by itself, as without TLS.</summary>
public sealed class TunnelScenarios : IDisposable
{
    private const string Ask = "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Agree = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static readonly string Last = new('l', 300_000);

    private readonly CertificateFiles _certificates = new();
    private readonly int _port = Ports.Next();
    private readonly int _plainPort = Ports.Next();

    public TunnelScenarios() => _certificates.Issue("a", "a.test");

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Goodbye_of_a_tls_client_reaches_the_server_whose_bytes_still_pass(SslProtocols version)
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/ws", async x =>
        {
            await x.SendAsync(Agree);
            while (await x.Connection.Reader.ReadSomeAsync() is { Length: > 0 } bytes)
            {
                await x.Connection.SendAsync(bytes);
            }

            await x.Connection.SendAsync(Last);
            x.Connection.Close();
        });
        await using var gateway = await GatewayProcess.StartAsync(Toml($"http://{upstream.Address}"));
        await using var client = await TlsClient.ConnectAsync(_port, "a.test", o => o.EnabledSslProtocols = version);
        await client.SendAsync(Ask);
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("hello");
        await client.ShutdownSendAsync();

        Assert.Equal("hello" + Last, await client.ReadToEndAsync());
        await AssertOverAsync(gateway);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task End_of_a_plain_client_is_the_goodbye_of_a_tls_server_whose_bytes_still_pass(SslProtocols version)
    {
        using var listener = Listen(out var address);
        var serving = ServeAsync(listener, version);
        await using var gateway = await GatewayProcess.StartAsync(Toml($"https://{address}"));
        await using var client = await RawClient.ConnectAsync(_plainPort);
        await client.SendAsync(Ask);
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("hello");
        client.ShutdownSend();

        Assert.Equal("hello" + Last, await client.ReadToEndAsync());
        await Deadline.WaitAsync(serving, () => "the server sees the end in order");
        await AssertOverAsync(gateway);
    }

    [Fact]
    public async Task Tls_on_both_sides_ends_each_direction_by_itself()
    {
        using var listener = Listen(out var address);
        var serving = ServeAsync(listener, SslProtocols.Tls13);
        await using var gateway = await GatewayProcess.StartAsync(Toml($"https://{address}"));
        await using var client = await TlsClient.ConnectAsync(_port, "a.test");
        await client.SendAsync(Ask);
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("hello");
        await client.ShutdownSendAsync();

        Assert.Equal("hello" + Last, await client.ReadToEndAsync());
        await Deadline.WaitAsync(serving, () => "the server sees the end in order");
        await AssertOverAsync(gateway);
    }

    public void Dispose() => _certificates.Dispose();

    private static Socket Listen(out string address)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        address = listener.LocalEndPoint!.ToString()!;
        return listener;
    }

    private static async Task AssertOverAsync(GatewayProcess gateway)
    {
        var metrics = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_downstream_tunnels_active") == 0);
        Assert.Equal(1, metrics.Sum("balancer_downstream_tunnels_opened_total"));
        Assert.Equal(0, metrics.Sum("balancer_http_request_errors_total"));
        Assert.Equal(0, metrics.Sum("balancer_upstream_connections_active"));
    }

    /// <summary>Serves one tunnel: sends back what comes up to its end, and then a last word.</summary>
    private async Task ServeAsync(Socket listener, SslProtocols version)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(_certificates.PathOf("a.pem"), _certificates.PathOf("a.key"));
        using var socket = await listener.AcceptAsync();
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = version });
        var block = new byte[4096];
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(Encoding.ASCII.GetString(block, 0, await stream.ReadAsync(block)));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Agree));
        while (await stream.ReadAsync(block) is var count and > 0)
        {
            await stream.WriteAsync(block.AsMemory(0, count));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Last));
        await stream.ShutdownAsync();
    }

    private string Toml(string pass) => $$"""
        {{_certificates.Lines("a")}}

        [[server]]
        listen = ["127.0.0.1:{{_port}} ssl", "127.0.0.1:{{_plainPort}}"]
        proxy_ssl_trusted_certificate = "{{_certificates.PathOf("ca.pem")}}"
        proxy_ssl_name = "a.test"

          [[server.location]]
          path = "/"
          proxy_pass = "{{pass}}"
        """;
}
