using System.Net;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Resolution;

public sealed class PeriodicResolutionTests : IDisposable
{
    private readonly StaticResolver _resolver = new();
    private readonly LogCapture _log = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Addresses_that_stay_keep_state_and_order()
    {
        _resolver.Answers["app"] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
        var upstream = await BuildAsync(Line("app"));
        var before = upstream.Servers.All;
        _resolver.Answers["app"] = ["10.0.0.4", "10.0.0.3", "10.0.0.1"];
        await ResolveAsync(upstream);
        var after = upstream.Servers.All;
        Assert.Equal(["10.0.0.1:80", "10.0.0.3:80", "10.0.0.4:80"], after.Select(server => server.Address));
        Assert.Same(before[0].State, after[0].State);
        Assert.Same(before[2].State, after[1].State);
        Assert.True(before[1].State.Connections.IsRetired);
        Assert.Equal(["UpstreamAddressesChanged: upstream server addresses changed: upstream pool gained 10.0.0.4:80, lost 10.0.0.2:80"], _log.Lines);
    }

    [Fact]
    public async Task Same_addresses_in_another_order_change_nothing()
    {
        _resolver.Answers["app"] = ["10.0.0.1", "10.0.0.2"];
        var upstream = await BuildAsync(Line("app"));
        var before = upstream.Servers;
        _resolver.Answers["app"] = ["10.0.0.2", "10.0.0.1"];
        await ResolveAsync(upstream);
        Assert.Same(before, upstream.Servers);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Name_without_an_answer_keeps_its_addresses()
    {
        _resolver.Answers["app"] = ["10.0.0.1"];
        _resolver.Answers["other"] = ["10.0.1.1"];
        var upstream = await BuildAsync(Line("app"), Line("other"));
        _resolver.Answers.Remove("app");
        _resolver.Answers["other"] = ["10.0.1.2"];
        await ResolveAsync(upstream);
        Assert.Equal(["10.0.0.1:80", "10.0.1.2:80"], upstream.Servers.All.Select(server => server.Address));
        Assert.Contains("UpstreamNameNotResolved: upstream server name not resolved: app:80 of upstream pool, its last addresses stay in use", _log.Lines);
    }

    [Fact]
    public async Task Name_without_resolve_is_not_looked_up_again()
    {
        _resolver.Answers["app"] = ["10.0.0.1"];
        _resolver.Answers["fixed"] = ["10.0.1.1"];
        var upstream = await BuildAsync(Line("app"), Line("fixed") with { Resolve = false });
        _resolver.Answers["fixed"] = ["10.0.1.2"];
        await ResolveAsync(upstream);
        Assert.Equal(["10.0.0.1:80", "10.0.1.1:80"], upstream.Servers.All.Select(server => server.Address));
    }

    [Fact]
    public async Task Running_request_on_an_address_that_left_ends_well()
    {
        _resolver.Answers["app"] = ["10.0.0.1", "10.0.0.2"];
        var upstream = await BuildAsync(Line("app"));
        var context = new PickContext();
        upstream.Begin(context, 0);
        var server = upstream.Pick(context)!;
        _resolver.Answers["app"] = ["10.0.0.3"];
        await ResolveAsync(upstream);
        upstream.Release(server, context, PickOutcome.Failed, PickTiming.None);
        Assert.Equal("10.0.0.2:80", upstream.Pick(context)!.Address);
        upstream.Begin(context, 0);
        Assert.Equal("10.0.0.3:80", upstream.Pick(context)!.Address);
    }

    [Fact]
    public async Task Names_are_looked_up_every_resolver_valid_until_the_pool_is_retired()
    {
        _resolver.Answers["app"] = ["10.0.0.1"];
        var upstream = await BuildAsync(Line("app"));
        for (var round = 2; round < 5; round++)
        {
            var looked = _resolver.NextLookup();
            _time.Advance(TimeSpan.FromSeconds(30));
            await looked;
            Assert.Equal(round, _resolver.Lookups);
        }

        upstream.Retire();
        _time.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(4, _resolver.Lookups);
    }

    [Fact]
    public async Task Resolver_that_does_not_answer_in_time_is_no_answer()
    {
        _resolver.Answers["app"] = ["10.0.0.1"];
        var upstream = await BuildAsync(Line("app"));
        _resolver.IsStuck = true;
        var resolving = ResolveAsync(upstream);
        _time.Advance(TimeSpan.FromSeconds(31));
        await resolving;
        Assert.Equal(["10.0.0.1:80"], upstream.Servers.All.Select(server => server.Address));
        Assert.Contains(_log.Lines, line => line.StartsWith("UpstreamNameNotResolved", StringComparison.Ordinal));
    }

    public void Dispose() => _log.Dispose();

    private static UpstreamServerConfig Line(string host) => Server() with { Host = host, Address = $"{host}:80", Resolve = true };

    private async Task<Upstream> BuildAsync(params UpstreamServerConfig[] lines)
    {
        var errors = new List<ConfigError>();
        var services = new UpstreamServices(new CoarseClock(_time), _log, (_, _) => _resolver);
        var registry = await UpstreamRegistry.BuildAsync([Config(lines)], null, services, errors, CancellationToken.None);
        Assert.Empty(errors);
        registry.Activate();
        return registry.Find("pool")!;
    }

    private Task ResolveAsync(Upstream upstream) => new PeriodicResolution(upstream, _ => _resolver, _time, _log).ResolveAsync(CancellationToken.None);
}
