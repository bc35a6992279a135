using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>max_conns, queue, backup, and pools with nobody left. Every pool has servers of its own.</summary>
public sealed class CapacityScenarios(CapacityScenarios.Fixture fixture) : IClassFixture<CapacityScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        private readonly Dictionary<string, TestUpstream> _servers = [];
        private readonly string _dead = $"127.0.0.1:{Ports.Next()}";

        protected override string Toml => $$"""
            [upstream.spread]
            server = ["{{Address("spread-a")}} max_conns=1", "{{Address("spread-b")}} max_conns=1"]

            [upstream.queued]
            queue = "2 timeout=60s"
            server = ["{{Address("queued")}} max_conns=1"]

            [upstream.impatient]
            queue = "2 timeout=300ms"
            server = ["{{Address("impatient")}} max_conns=1"]

            [upstream.reserve]
            server = ["{{Address("primary")}} max_fails=1 fail_timeout=1s", "{{Address("reserve")}} backup"]

            [upstream.dead]
            server = ["{{_dead}} fail_timeout=60s", "127.0.0.1:{{Ports.Next()}} fail_timeout=60s"]

            [upstream.all-down]
            server = ["{{Address("down-a")}} down", "{{Address("down-b")}} down"]

            [upstream.least]
            least_conn = true
            server = ["{{Address("least-a")}} weight=2", "{{Address("least-b")}}"]

            [upstream.keeps]
            keepalive = 2
            server = ["{{Address("keeps")}}"]

            [upstream.keeps-none]
            keepalive = 0
            server = ["{{Address("keeps-none")}}"]

            [upstream.counts]
            keepalive_requests = 3
            server = ["{{Address("counts")}}"]

            [upstream.idles]
            keepalive_timeout = "500ms"
            server = ["{{Address("idles")}}"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            add_header = { X-Tried = "$upstream_addr" }

            {{string.Concat(((string[])["spread", "queued", "impatient", "reserve", "dead", "all-down", "least", "keeps", "keeps-none", "counts", "idles"]).Select(p => $"[[server.location]]\npath = \"/{p}\"\nproxy_pass = \"http://{p}\"\n"))}}
            """;

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            foreach (var server in _servers.Values)
            {
                await server.DisposeAsync();
            }
        }

        internal TestUpstream Server(string name)
        {
            if (!_servers.TryGetValue(name, out var server))
            {
                _servers[name] = server = TestUpstream.Start();
                server.Default = x => x.RespondAsync(200, name);
            }

            return server;
        }

        /// <summary>Makes a server hold every request until the task is done.</summary>
        internal void Hold(string name, Task until) => Server(name).Default = async x =>
        {
            await until;
            await x.RespondAsync(200, name);
        };

        private string Address(string name) => Server(name).Address;
    }

    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Server_at_max_conns_is_passed_over_and_a_full_pool_is_502()
    {
        var go = Gate();
        fixture.Hold("spread-a", go.Task);
        fixture.Hold("spread-b", go.Task);
        var held = new[] { fixture.GetAsync("/spread"), fixture.GetAsync("/spread") };
        await fixture.Server("spread-a").WaitForRequestAsync("/spread");
        await fixture.Server("spread-b").WaitForRequestAsync("/spread");
        Assert.Equal(502, (await fixture.GetAsync("/spread")).Status);
        go.SetResult();
        Assert.Equal(["spread-a", "spread-b"], (await Task.WhenAll(held)).Select(r => r.BodyText).Order());
        Assert.Equal(200, (await fixture.GetAsync("/spread")).Status);
    }

    [Fact]
    public async Task Queue_holds_requests_until_a_server_is_free_and_refuses_more_than_it_may_hold()
    {
        var go = Gate();
        fixture.Hold("queued", go.Task);
        var first = fixture.GetAsync("/queued");
        await fixture.Server("queued").WaitForRequestAsync("/queued");
        var answers = new List<Task<RawResponse>>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(fixture.GetAsync("/queued"));
        }

        // Two may wait, so exactly one of three is refused while the server is busy.
        var refused = await Deadline.WaitAsync(Task.WhenAny(answers), () => "the surplus request is refused");
        Assert.Equal(502, (await refused).Status);
        Assert.Single(fixture.Server("queued").RequestsFor("/queued"));
        go.SetResult();
        Assert.Equal(200, (await first).Status);
        answers.Remove(refused);
        Assert.All(await Task.WhenAll(answers), r => Assert.Equal(200, r.Status));
    }

    [Fact]
    public async Task Request_that_waits_longer_than_the_queue_allows_is_502()
    {
        var go = Gate();
        fixture.Hold("impatient", go.Task);
        var first = fixture.GetAsync("/impatient");
        await fixture.Server("impatient").WaitForRequestAsync("/impatient");
        Assert.Equal(502, (await fixture.GetAsync("/impatient")).Status);
        go.SetResult();
        Assert.Equal(200, (await first).Status);
    }

    [Fact]
    public async Task Client_that_leaves_the_queue_takes_no_place()
    {
        var go = Gate();
        fixture.Hold("queued", go.Task);
        var before = fixture.Server("queued").RequestsFor("/queued/leaver").Length;
        var first = fixture.GetAsync("/queued/leaver");
        await fixture.Server("queued").WaitForRequestsAsync("/queued/leaver", before + 1);
        await using (var leaver = await fixture.ConnectAsync())
        {
            await leaver.SendAsync("GET /queued/gone HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        go.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await fixture.GetAsync("/queued/next")).Status);
    }

    [Fact]
    public async Task Backup_serves_only_while_no_primary_can_and_the_primary_returns()
    {
        Assert.Equal("primary", (await fixture.GetAsync("/reserve")).BodyText);
        fixture.Server("primary").GoDown();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("reserve", (await fixture.GetAsync("/reserve")).BodyText);
        }

        fixture.Server("primary").ComeBack();
        await Deadline.UntilAsync(async () => (await fixture.GetAsync("/reserve")).BodyText == "primary", () => "the primary is back");
        Assert.Equal("primary", (await fixture.GetAsync("/reserve")).BodyText);
    }

    [Theory]
    [InlineData("/dead")]
    [InlineData("/all-down")]
    public async Task Pool_without_a_live_server_is_502(string path)
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(502, (await fixture.GetAsync(path)).Status);
        }

        Assert.Empty(fixture.Server("down-a").Connections);
    }

    [Fact]
    public async Task Least_conn_sends_to_the_server_with_fewest_requests_for_its_weight()
    {
        var go = Gate();
        fixture.Hold("least-a", go.Task);
        fixture.Hold("least-b", go.Task);
        var held = new List<Task<RawResponse>>();
        for (var i = 1; i <= 12; i++)
        {
            held.Add(fixture.GetAsync("/least"));
            await Deadline.UntilAsync(() => fixture.Server("least-a").Requests.Length + fixture.Server("least-b").Requests.Length >= i, () => $"request {i} arrives");
        }

        Assert.Equal((8, 4), (fixture.Server("least-a").Requests.Length, fixture.Server("least-b").Requests.Length));
        go.SetResult();
        await Task.WhenAll(held);
    }

    [Fact]
    public async Task No_more_idle_connections_are_kept_than_keepalive_says()
    {
        var go = Gate();
        fixture.Hold("keeps", go.Task);
        var held = Enumerable.Range(0, 6).Select(_ => fixture.GetAsync("/keeps")).ToArray();
        await fixture.Server("keeps").WaitForRequestsAsync("/keeps", 6);
        Assert.Equal(6, fixture.Server("keeps").OpenConnections);
        go.SetResult();
        await Task.WhenAll(held);
        await fixture.Server("keeps").WaitForOpenConnectionsAsync(2);
    }

    [Fact]
    public async Task Keepalive_0_keeps_none()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await fixture.GetAsync("/keeps-none")).Status);
        }

        await fixture.Server("keeps-none").WaitForOpenConnectionsAsync(0);
        Assert.Equal(3, fixture.Server("keeps-none").Connections.Length);
    }

    [Fact]
    public async Task Upstream_connection_is_closed_after_keepalive_requests()
    {
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 7; i++)
        {
            await client.SendAsync("GET /counts HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }

        Assert.Equal([3, 3, 1], fixture.Server("counts").Connections.Select(c => c.RequestCount));
    }

    [Fact]
    public async Task Idle_upstream_connection_is_closed_after_keepalive_timeout()
    {
        Assert.Equal(200, (await fixture.GetAsync("/idles")).Status);
        await fixture.Server("idles").WaitForOpenConnectionsAsync(0);
    }
}
