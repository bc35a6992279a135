using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Parts of requests are changed for upstream servers as nginx changes them with the same file.</summary>
public sealed class RequestOracleScenarios(RequestOracleScenarios.Fixture fixture) : IClassFixture<RequestOracleScenarios.Fixture>
{
    /// <summary>What balancerd sets unasked.</summary>
    private static readonly string[] Own = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "X-Request-ID"];

    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"

              [[server.location]]
              path = "/method/"
              proxy_method = "PUT"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/variable/"
              proxy_method = "$arg_m"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/body/"
              proxy_set_body = "$request_method $arg_m"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/emptied/"
              proxy_set_body = ""
              proxy_pass = "http://app"

              [[server.location]]
              path = "/nobody/"
              proxy_pass_request_body = false
              proxy_set_header = { Content-Length = "", X-Length = "$content_length" }
              proxy_pass = "http://app"

              [[server.location]]
              path = "/nofields/"
              proxy_pass_request_headers = false
              proxy_set_header = { X-Set = "$http_x_a" }
              proxy_pass = "http://app"

              [[server.location]]
              path = "/nothing/"
              proxy_pass_request_headers = false
              proxy_pass_request_body = false
              proxy_set_header = { Content-Length = "" }
              proxy_pass = "http://app"
            """;

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/method/")]
    [InlineData("/variable/")]
    [InlineData("/body/")]
    [InlineData("/emptied/")]
    [InlineData("/nobody/")]
    [InlineData("/nofields/")]
    [InlineData("/nothing/")]
    public async Task Servers_get_what_they_get_from_nginx(string path)
    {
        string[] requests =
        [
            $"GET {path}1?m=POST HTTP/1.1\r\nHost: t\r\nX-A: a\r\n\r\n",
            $"POST {path}2?m=GET HTTP/1.1\r\nHost: t\r\nX-A: a\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
            $"PUT {path}3?m=PATCH HTTP/1.1\r\nHost: t\r\nX-B: b\r\nContent-Length: 0\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            Assert.Equal(await ShowAsync(fixture.NginxPort, request), await ShowAsync(fixture.Port, request));
        }
    }

    private async Task<string> ShowAsync(int port, string request)
    {
        var path = request.Split(' ')[1].Split('?')[0];
        var before = fixture.Upstream.RequestsFor(path).Length;
        Assert.Equal(200, (await RawClient.SendOnceAsync(port, request)).Status);
        var sent = (await fixture.Upstream.WaitForRequestsAsync(path, before + 1))[before];
        var fields = sent.Fields.Where(field => !Own.Contains(field.Split(':')[0])).Order(StringComparer.Ordinal);
        return $"{sent.RequestLine} | {string.Join(" | ", fields)} | {await sent.BodyTextAsync()}";
    }
}
