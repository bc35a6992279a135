using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary>Responses get the trailers that nginx gives them with the same file.</summary>
public sealed class TrailerOracleScenarios(TrailerOracleScenarios.Fixture fixture) : IClassFixture<TrailerOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"
            add_trailer = ["X-T $status/$upstream_status", "X-Empty $arg_none", "X-Always $arg_a always"]

              [[server.location]]
              path = "/proxied/"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/some/"
              add_trailer = ["X-T some", "X-Always $arg_a"]
              proxy_pass = "http://app"

              [[server.location]]
              path = "/text/"
              return = "200 text"

              [[server.location]]
              path = "/missing/"
              return = "404 text"
            """;

        public override async Task InitializeAsync()
        {
            Upstream.Default = x =>
            {
                var status = int.Parse(x.Request.Path.Split('/')[2]);
                return status is 204 or 304 ? x.SendAsync($"HTTP/1.1 {status} X\r\n\r\n") : x.RespondAsync(status, x.Request.Path.EndsWith("/empty", StringComparison.Ordinal) ? "" : "body");
            };
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/proxied/")]
    [InlineData("/some/")]
    public async Task Responses_of_servers_get_those_of_nginx(string path)
    {
        foreach (var status in (int[])[200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 404, 500])
        {
            await CompareAsync($"{path}{status}?a=1");
        }

        await CompareAsync($"{path}200/empty");
        await CompareAsync($"{path}200?a=1", "HEAD");
        await CompareAsync($"{path}200?a=1", version: "1.0");
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/text/")]
    [InlineData("/missing/")]
    public async Task Answers_of_the_gateway_get_those_of_nginx(string path)
    {
        await CompareAsync(path);
        await CompareAsync($"{path}?a=1");
        await CompareAsync($"{path}?a=1", "HEAD");
        await CompareAsync($"{path}?a=1", version: "1.0");
    }

    private async Task CompareAsync(string target, string method = "GET", string version = "1.1") =>
        Assert.Equal(await ShowAsync(fixture.NginxPort, target, method, version), await ShowAsync(fixture.Port, target, method, version));

    private static async Task<string> ShowAsync(int port, string target, string method, string version)
    {
        var response = await RawClient.SendOnceAsync(port, $"{method} {target} HTTP/{version}\r\nHost: t\r\n\r\n", method);
        return $"{method} {target} {version}: {response.Status} {response["Transfer-Encoding"] ?? "-"} {response["Content-Length"] ?? "-"} [{response.BodyText}] {string.Join(" | ", response.Trailers)}";
    }
}
