using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Resolution;
using Microsoft.Extensions.Logging.Abstractions;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams;

public class UpstreamRegistryTests
{
    private readonly StaticResolver _resolver = new();
    private readonly UpstreamServices _services;

    public UpstreamRegistryTests()
    {
        _services = new UpstreamServices(new CoarseClock(new FakeTimeProvider()), NullLoggerFactory.Instance, (_, _) => _resolver);
    }

    [Fact]
    public async Task Unchanged_pool_is_the_same_object()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1"), Line("10.0.0.2")));
        var second = await Load(first, Pool("a", Line("10.0.0.1"), Line("10.0.0.2")) with { Location = new SourceLocation("other.toml", 7, 1) });
        Assert.Same(first.Find("a"), second.Find("A"));
    }

    [Fact]
    public async Task Changed_pool_keeps_the_state_of_servers_that_stay()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1"), Line("10.0.0.2"), Line("10.0.0.3")));
        var second = await Load(first, Pool("a", Line("10.0.0.3") with { Weight = 5 }, Line("10.0.0.4"), Line("10.0.0.1")));
        var old = first.Find("a")!.Servers.All;
        var now = second.Find("a")!.Servers.All;
        Assert.Same(old[2].State, now[0].State);
        Assert.Same(old[0].State, now[2].State);
        Assert.DoesNotContain(now[1].State, old.Select(server => server.State));
        Assert.Same(first.Find("a")!.State, second.Find("a")!.State);
        Assert.True(old[1].State.Connections.IsRetired);
        Assert.False(old[0].State.Connections.IsRetired);
    }

    [Fact]
    public async Task Ejection_survives_a_reload_and_ends_there()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1"), Line("10.0.0.2")));
        Serve(first.Find("a")!, PickOutcome.Failed);
        var second = await Load(first, Pool("a", Line("10.0.0.1"), Line("10.0.0.2"), Line("10.0.0.3")));
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80", "10.0.0.2:80"], Serve(second.Find("a")!, 3));
    }

    [Fact]
    public async Task Request_of_the_old_snapshot_gives_its_place_back_to_the_new_one()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1") with { MaxConns = 1 }, Line("10.0.0.2") with { MaxConns = 1 }));
        var upstream = first.Find("a")!;
        var context = new PickContext();
        upstream.Begin(context, 0);
        var server = upstream.Pick(context)!;
        var second = await Load(first, Pool("a", Line("10.0.0.1") with { MaxConns = 1 }, Line("10.0.0.2") with { MaxConns = 1 }, Line("10.0.0.3") with { MaxConns = 1 }));
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80", "10.0.0.2:80"], Serve(second.Find("a")!, 3));
        upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Contains("10.0.0.1:80", Serve(second.Find("a")!, 3));
    }

    [Fact]
    public async Task Retry_on_the_old_snapshot_respects_what_the_new_one_did()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1"), Line("10.0.0.2"), Line("10.0.0.3") with { MaxConns = 1 }));
        var old = first.Find("a")!;
        var context = new PickContext();
        old.Begin(context, 0);
        var server = old.Pick(context)!;
        var second = await Load(first, Pool("a", Line("10.0.0.3") with { MaxConns = 1 }));
        var other = new PickContext();
        second.Find("a")!.Begin(other, 0);
        Assert.NotNull(second.Find("a")!.Pick(other));
        old.Release(server, context, PickOutcome.Failed, PickTiming.None);
        Assert.Equal("10.0.0.2:80", old.Pick(context)!.Address);
    }

    [Fact]
    public async Task Name_with_several_addresses_makes_several_servers()
    {
        _resolver.Answers["app"] = ["::1", "10.0.0.9", "10.0.0.8", "10.0.0.9"];
        var registry = await Load(null, Pool("a", Line("app"), Line("10.0.0.1")));
        Assert.Equal(["10.0.0.9:80", "10.0.0.8:80", "[::1]:80", "10.0.0.1:80"], registry.Find("a")!.Servers.All.Select(server => server.Address));
        Assert.Equal("app:80", registry.Find("a")!.Servers.All[0].Label);
    }

    [Fact]
    public async Task Name_that_does_not_resolve_is_an_error_at_its_line()
    {
        var errors = new List<ConfigError>();
        var line = Line("nowhere.invalid") with { Source = new SourceLocation("gateway.toml", 3, 5) };
        await UpstreamRegistry.BuildAsync([Pool("a", line, Line("10.0.0.1"))], null, _services, errors, TestContext);
        Assert.StartsWith("gateway.toml:3:5: host not found in upstream 'a': 'nowhere.invalid:80'", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pool_of_backup_servers_alone_is_an_error(int servers)
    {
        var errors = new List<ConfigError>();
        await UpstreamRegistry.BuildAsync([Pool("a", [.. Enumerable.Repeat(Line("10.0.0.1") with { Backup = true }, servers)])], null, _services, errors, TestContext);
        Assert.Contains("no servers that are not backup", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_alone_changes_nothing()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1") with { MaxConns = 1 }, Line("10.0.0.2")));
        var errors = new List<ConfigError>();
        await UpstreamRegistry.BuildAsync([Pool("a", Line("10.0.0.1"))], first, _services, errors, TestContext);
        var upstream = first.Find("a")!;
        Assert.All(upstream.Servers.All, server => Assert.Same(upstream.Servers.Primary, server.State.Slot!.Group));
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], Serve(upstream, 2));
    }

    [Fact]
    public async Task Pool_that_leaves_has_its_connections_retired()
    {
        var first = await Load(null, Pool("a", Line("10.0.0.1")), Pool("b", Line("10.0.0.1")));
        var second = await Load(first, Pool("b", Line("10.0.0.1")));
        Assert.Null(second.Find("a"));
        Assert.True(first.Find("a")!.Servers.All[0].State.Connections.IsRetired);
        Assert.False(first.Find("b")!.Servers.All[0].State.Connections.IsRetired);
    }

    private static CancellationToken TestContext => CancellationToken.None;

    private static UpstreamConfig Pool(string name, params UpstreamServerConfig[] lines) => new() { Name = name, Location = SourceLocation.None, Servers = lines };

    private static UpstreamServerConfig Line(string host) => Server() with { Host = host, Address = $"{host}:80" };

    private static string[] Serve(Upstream upstream, int count) => [.. Enumerable.Range(0, count).Select(_ => Serve(upstream, PickOutcome.Success))];

    private static string Serve(Upstream upstream, PickOutcome outcome)
    {
        var context = new PickContext();
        upstream.Begin(context, 0);
        var server = upstream.Pick(context)!;
        upstream.Release(server, context, outcome, PickTiming.None);
        return server.Address;
    }

    private async Task<UpstreamRegistry> Load(UpstreamRegistry? previous, params UpstreamConfig[] configs)
    {
        var errors = new List<ConfigError>();
        var registry = await UpstreamRegistry.BuildAsync(configs, previous, _services, errors, TestContext);
        Assert.Empty(errors);
        registry.Activate();
        return registry;
    }

}
