using System.Text;
using System.Text.RegularExpressions;
using Balancer.Harness;
using Balancer.Tls;

namespace Balancer.Load;

/// <summary>
/// The shipped <c>conf/insightserenity.toml</c> in front of ten real nginx servers that speak TLS, on the addresses it names, moved from
/// 10.0. to 127.0.; its certificates are made here. The addresses are fixed, so two runs on one machine take turns.
/// </summary>
internal sealed partial class InsightSerenitySite : IAsyncDisposable
{
    /// <summary>The site's name, which its certificate is for.</summary>
    public const string Name = "insightserenity.com";

    /// <summary>The customer server that takes its time.</summary>
    public const int Slow = 2;

    private readonly FileStream _turn;
    private readonly TestUpstream _responder = TestUpstream.Start();

    private InsightSerenitySite(FileStream turn)
    {
        _turn = turn;
        Certificates.Issue("upstream", "upstream.insightserenity.internal");
        var certificate = Certificates.Keep(TestCertificate.Ecdsa(Name, issuer: Certificates.Authority, responder: $"http://{_responder.Address}/"));
        Certificates.Write("fullchain.pem", certificate.Pem + Certificates.Authority.Pem);
        Certificates.Write("privkey.pem", certificate.KeyPem);
        _responder.Default = x => x.RespondAsync(
            200,
            Encoding.Latin1.GetString(new TestOcspResponse { Issuer = Certificates.Authority, Subject = certificate }.Encode()),
            "Content-Type: application/ocsp-response");
        Sockets.Default = AnswerSocketAsync;
    }

    /// <summary>The authority and the certificates of both sides.</summary>
    public CertificateFiles Certificates { get; } = new();

    /// <summary>The gateway.</summary>
    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>The port that stands for 80.</summary>
    public int PlainPort { get; } = Ports.Next();

    /// <summary>The port that stands for 443.</summary>
    public int TlsPort { get; } = Ports.Next();

    /// <summary>The admin pool.</summary>
    public List<NginxProcess> Admin { get; } = [];

    /// <summary>The customer pool.</summary>
    public List<NginxProcess> Customer { get; } = [];

    /// <summary>Where the customer servers pass WebSockets to: they are told their server's name, and then what they say themselves.</summary>
    public TestUpstream Sockets { get; } = TestUpstream.Start();

    /// <summary>Starts servers and gateway, and waits until the status of the certificate is known.</summary>
    /// <param name="hasLimits">Whether the limits for one address are those of the file; else they are out of reach, since all clients here have one address.</param>
    public static async Task<InsightSerenitySite> StartAsync(bool hasLimits = false)
    {
        var site = new InsightSerenitySite(await TakeTurnAsync());
        try
        {
            await site.StartServersAsync();
            site.Gateway = await site.StartShippedAsync(hasLimits);
            await Deadline.UntilAsync(
                async () => (await site.Gateway.ScrapeAsync()).Sum("balancer_tls_ocsp_fetches_total", "result=accepted") == 1,
                () => $"the status is fetched; output:\n{site.Gateway.Process.Output}");
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        foreach (var server in Admin.Concat(Customer))
        {
            await server.DisposeAsync();
        }

        await Sockets.DisposeAsync();
        await _responder.DisposeAsync();
        Certificates.Dispose();
        await _turn.DisposeAsync();
    }

    private static async Task AnswerSocketAsync(UpstreamExchange exchange)
    {
        await exchange.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n" + exchange.Request["X-Server"]);
        while (await exchange.Connection.Reader.ReadSomeAsync() is { Length: > 0 } bytes)
        {
            await exchange.Connection.SendAsync(bytes);
        }

        exchange.Connection.Close();
    }

    private async Task StartServersAsync()
    {
        var tls = $"""
            access_log DIR/access.log; keepalive_requests 1000000;
            ssl_certificate {Certificates.PathOf("upstream.pem")}; ssl_certificate_key {Certificates.PathOf("upstream.key")}; ssl_protocols TLSv1.2 TLSv1.3;
            """;
        for (var i = 0; i < 5; i++)
        {
            // 444 ends the connection without an answer.
            Admin.Add(await NginxProcess.StartAsync($$"""
                {{tls}}
                server {
                  listen 127.0.2.{{10 + i}}:3002 ssl;
                  add_header X-Frame-Options SAMEORIGIN always; add_header Content-Security-Policy "default-src *" always; add_header X-Request-ID mine always;
                  location / { return 200 admin-{{i}}; }
                  location /api/v1/admin/id { return 200 "$http_x_request_id $http_x_forwarded_proto $ssl_server_name"; }
                  location /api/v1/admin/missing { return 404; }
                  location /api/v1/admin/broken { return 444; }
                }
                """));
        }

        for (var i = 0; i < 5; i++)
        {
            // The slow one sends its 8 KB at 4 KB a second.
            Customer.Add(await NginxProcess.StartAsync($$"""
                {{tls}}
                server {
                  listen 127.0.3.{{10 + i}}:3001 ssl; root DIR;
                  location / { {{(i == Slow ? "limit_rate 4k;" : "")}} try_files /page =404; }
                  location /who { return 200 customer-{{i}}; }
                  location /ws/ {
                    proxy_pass http://{{Sockets.Address}}; proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_set_header X-Server customer-{{i}};
                  }
                }
                """));
            await File.WriteAllTextAsync(Customer[i].File("page"), new string('c', 8192));
        }
    }

    /// <summary>A file as it is shipped, with its servers on loopback addresses, and the certificates and directories of the scenario.</summary>
    public static string Shipped(string path, CertificateFiles certificates) => File.ReadAllText(path)
        .Replace("\"10.0.2.", "\"127.0.2.", StringComparison.Ordinal)
        .Replace("\"10.0.3.", "\"127.0.3.", StringComparison.Ordinal)
        .Replace("127.0.0.1:9145", "ADMIN", StringComparison.Ordinal)
        .Replace("/etc/letsencrypt/live/insightserenity.com", certificates.PathOf(""), StringComparison.Ordinal)
        .Replace("/etc/balancer/upstream-ca.pem", certificates.PathOf("ca.pem"), StringComparison.Ordinal)
        .Replace("/var/www/certbot", "DIR/certbot", StringComparison.Ordinal)
        .Replace("/run/balancer/", "DIR/", StringComparison.Ordinal)
        .Replace("/var/log/balancer/", "DIR/", StringComparison.Ordinal);

    /// <summary>The files as they are shipped, on loopback addresses, free ports and the instance's own directories.</summary>
    private Task<GatewayProcess> StartShippedAsync(bool hasLimits)
    {
        var conf = Path.Combine(Repository.Root, "conf");
        string Moved(string path) => Shipped(path, Certificates)
            .Replace("\"80 ", $"\"127.0.0.1:{PlainPort} ", StringComparison.Ordinal)
            .Replace("\"[::]:80 ", $"\"[::1]:{PlainPort} ", StringComparison.Ordinal)
            .Replace("\"443 ", $"\"127.0.0.1:{TlsPort} ", StringComparison.Ordinal)
            .Replace("\"[::]:443 ", $"\"[::1]:{TlsPort} ", StringComparison.Ordinal);
        var toml = Moved(Path.Combine(conf, "insightserenity.toml"));

        // Nothing here is to take an address of the machine's own network; what it is for is shown on a segment.
        var alone = VirtualRouter().Replace(toml, "");
        Assert.NotEqual(toml, alone);
        toml = alone;
        if (!hasLimits)
        {
            toml = toml
                .Replace("rate=50r/m", "rate=1000000r/s", StringComparison.Ordinal)
                .Replace("rate=100r/m", "rate=1000000r/s", StringComparison.Ordinal)
                .Replace("burst=20", "burst=100000", StringComparison.Ordinal)
                .Replace("burst=50", "burst=100000", StringComparison.Ordinal)
                .Replace("limit_conn = \"addr 100\"", "limit_conn = \"addr 10000\"", StringComparison.Ordinal);
        }

        return GatewayProcess.StartAsync(
            toml,
            included: Directory.GetFiles(Path.Combine(conf, "upstreams")).ToDictionary(f => $"upstreams/{Path.GetFileName(f)}", Moved));
    }

    private static async Task<FileStream> TakeTurnAsync()
    {
        FileStream? turn = null;
        await Deadline.UntilAsync(
            () =>
            {
                try
                {
                    turn = new FileStream(Path.Combine(Path.GetTempPath(), "balancer-scenarios-fixed-addresses"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException)
                {
                    // Another run has it.
                }

                return turn is not null;
            },
            () => "another run to give back the fixed addresses",
            TimeSpan.FromMinutes(3));
        return turn!;
    }

    [GeneratedRegex(@"^\[vrrp_instance\.VI_1\]\n(?:.+\n)+", RegexOptions.Multiline)]
    private static partial Regex VirtualRouter();
}
