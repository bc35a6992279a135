using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Balancer.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>HTTP/2 over TLS: the settings of proxy_ssl_* hold as for HTTP/1.1.</summary>
public sealed class Http2TlsTests : IDisposable
{
    private readonly CertificateFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificate.Ecdsa("An authority", isAuthority: true);
    private readonly TestCertificate _certificate;

    public Http2TlsTests()
    {
        _certificate = TestCertificate.Ecdsa("app.test", issuer: _authority);
        _folder.Write("ca.pem", _authority.Pem);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Requests_are_https_and_share_a_connection()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body), _certificate.Certificate);
        await using var gateway = await StartAsync(upstream, "app.test");
        var body = new string('b', 300_000);

        foreach (var method in (string[])["GET", "POST", "PUT", "PURGE", "OPTIONS"])
        {
            var hasBody = method is "POST" or "PUT";
            var response = await gateway.SendAsync($"{method} /a HTTP/1.1\r\nHost: h\r\n{(hasBody ? $"Content-Length: {body.Length}\r\n\r\n{body}" : "\r\n")}");
            Assert.Equal((200, hasBody ? body : ""), (response.Status, response.Text));
        }

        Assert.Equal(["GET", "POST", "PUT", "PURGE", "OPTIONS"], upstream.Requests.Select(r => r.Split(' ')[0]));
        Assert.All(upstream.Requests, request => Assert.EndsWith(" https h /a HTTP/2", request));
        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("other.test", HttpProtocols.Http2, "certificate")]
    [InlineData("app.test", HttpProtocols.Http1, "application protocol")]
    public async Task A_server_that_will_not_do_is_answered_502_with_the_reason_in_the_log(string name, HttpProtocols protocols, string reason)
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"), _certificate.Certificate, protocols);
        await using var gateway = await StartAsync(upstream, name);

        var response = await gateway.GetAsync();

        Assert.Equal(502, response.Status);
        Assert.Contains(reason, Assert.Single(gateway.Log.Named("upstream-tls-failed")));
    }

    [Fact]
    public async Task Calls_of_grpcs_pass()
    {
        await using var upstream = await KestrelUpstream.StartAsync(
            context =>
            {
                context.Response.AppendTrailer("grpc-status", "0");
                return context.Response.WriteAsync("12345");
            },
            _certificate.Certificate);
        await using var gateway = await GrpcTests.StartAsync(upstream.Address, Settings("app.test"), "grpcs://pool");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-type", "application/grpc")), Frames.Data(1, true, "12345"));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal((200, "12345"), (response.Status, response.Text));
        Assert.Equal(("grpc-status", "0"), Assert.Single(response.Trailers));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("127.1")]
    public async Task A_name_that_is_none_verifies_nothing(string name)
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"), _certificate.Certificate);
        await using var gateway = await StartAsync(upstream, "$http_x_name", "proxy_ssl_server_name = false");

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: h\r\nX-Name: {name}\r\n\r\n");

        Assert.Equal(502, response.Status);
        Assert.Contains(name == "" ? "the name of the upstream server is empty" : "hostname mismatch", Assert.Single(gateway.Log.Named("upstream-tls-failed")));
        Assert.Empty(upstream.Requests);
    }

    private string Settings(string name) => $"proxy_ssl_trusted_certificate = '{_folder.PathOf("ca.pem")}'\nproxy_ssl_name = '{name}'";

    private Task<TestGateway> StartAsync(KestrelUpstream upstream, string name, string more = "") => TestGateway.StartAsync(
        TestGateway.Toml([upstream.Address], $"proxy_http_version = '2'\n{Settings(name)}\n{more}").Replace("http://pool", "https://pool", StringComparison.Ordinal));
}
