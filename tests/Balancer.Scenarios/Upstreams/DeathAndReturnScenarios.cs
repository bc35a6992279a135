using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>One real server of a pool is killed and restarted; the picks before, meanwhile and after are those of a real nginx with the same file.</summary>
public sealed class DeathAndReturnScenarios(DeathAndReturnScenarios.Fixture fixture) : IClassFixture<DeathAndReturnScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        private static readonly int[] Weights = [5, 3, 1];

        private readonly int[] _ports = [.. Weights.Select(_ => Ports.Next())];

        /// <summary>The servers; each answers with its number.</summary>
        internal List<NginxProcess> Servers { get; } = [];

        protected override string Toml => $$"""
            [upstream.pool]
            server = [{{string.Join(", ", Weights.Zip(_ports, (weight, port) => $"\"127.0.0.1:{port} weight={weight} max_fails=3 fail_timeout=2s\""))}}]

            [[server]]
            listen = "127.0.0.1:PORT"
            keepalive_requests = 100000

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;

        public override async Task InitializeAsync()
        {
            if (Tools.Find("nginx") is null)
            {
                return;
            }

            for (var i = 0; i < _ports.Length; i++)
            {
                Servers.Add(await NginxProcess.StartAsync($"server {{ listen 127.0.0.1:{_ports[i]}; location / {{ return 200 {i}; }} }}"));
            }

            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            foreach (var server in Servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [RequiresTool("nginx")]
    public async Task Picks_before_during_and_after_an_outage_are_those_of_nginx()
    {
        await using var nginx = await RawClient.ConnectAsync(fixture.NginxPort);
        await using var gateway = await RawClient.ConnectAsync(fixture.Port);

        async Task<string> SameAsync(string when, int count)
        {
            var expected = "";
            var actual = "";
            for (var i = 0; i < count; i++)
            {
                expected += await AskAsync(nginx);
                actual += await AskAsync(gateway);
            }

            Assert.True(expected == actual, $"{when}:\nnginx   {expected}\ngateway {actual}");
            return actual;
        }

        Assert.Equal(50, (await SameAsync("before", 90)).Count(c => c == '0'));
        await fixture.Servers[0].KillAsync();

        // No client sees it, and the server is not asked again.
        Assert.Matches("^[12]{90}$", await SameAsync("meanwhile", 90));
        await fixture.Servers[0].RestartAsync();

        // nginx counts whole seconds: past fail_timeout for it is 3 s. Nothing but time ends an ejection.
        await Task.Delay(3500);
        var after = await SameAsync("after", 180);
        Assert.True(after.Count(c => c == '0') > 80, $"the first server is back: {after}");
    }

    private static async Task<string> AskAsync(RawClient client)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadResponseAsync();
        return response.Status == 200 ? response.BodyText : $"[{response.Status}]";
    }
}
