using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>One server of a pool dies and returns; the picks before, meanwhile and after are nginx's.</summary>
public sealed class DeathAndReturnScenarios(DeathAndReturnScenarios.Fixture fixture) : IClassFixture<DeathAndReturnScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream[] Servers { get; } = [.. Enumerable.Range(0, 3).Select(_ => TestUpstream.Start())];

        protected override string Toml => $$"""
            [upstream.pool]
            server = [
              "{{Servers[0].Address}} weight=5 max_fails=3 fail_timeout=2s",
              "{{Servers[1].Address}} weight=3 max_fails=3 fail_timeout=2s",
              "{{Servers[2].Address}} weight=1 max_fails=3 fail_timeout=2s",
            ]

            [[server]]
            listen = "127.0.0.1:PORT"
            keepalive_requests = 100000

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;

        public override async Task InitializeAsync()
        {
            for (var i = 0; i < Servers.Length; i++)
            {
                var name = $"{i}";
                Servers[i].Default = x => x.RespondAsync(200, name);
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

        async Task SameAsync(string when, int count)
        {
            var expected = "";
            var actual = "";
            for (var i = 0; i < count; i++)
            {
                expected += await AskAsync(nginx);
                actual += await AskAsync(gateway);
            }

            Assert.True(expected == actual, $"{when}:\nnginx   {expected}\ngateway {actual}");
        }

        await SameAsync("before", 60);
        fixture.Servers[0].GoDown();
        await SameAsync("meanwhile", 60);
        fixture.Servers[0].ComeBack();

        // nginx counts whole seconds: past fail_timeout for it is 3 s. Nothing but time ends an ejection.
        await Task.Delay(3500);
        await SameAsync("after", 120);
        Assert.True(fixture.Servers[0].Requests.Length > 120, "the first server is back");
    }

    private static async Task<string> AskAsync(RawClient client)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadResponseAsync();
        return response.Status == 200 ? response.BodyText : $"[{response.Status}]";
    }
}
