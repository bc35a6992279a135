using System.Net;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The files in conf/ load clean and say what they promise.</summary>
public sealed class ShippedFilesTests
{
    [Theory]
    [InlineData("quickstart.toml")]
    [InlineData("insightserenity.toml")]
    [InlineData("leafyhealth.toml")]
    [InlineData("microservices.toml")]
    public void A_shipped_file_loads_without_a_fault(string name)
    {
        var result = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", name));

        Assert.Empty(result.Errors);
        Assert.NotNull(result.Config);
    }

    [Fact]
    public void Insightserenity_has_its_two_pools()
    {
        var config = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!;

        var admin = config.Upstreams.Single(u => u.Name == "admin_backend");
        Assert.Equal(BalancingMethod.RoundRobin, admin.Balancing.Method);
        Assert.Equal(128, admin.Keepalive);
        Assert.Equal([100, 100, 100, 75, 75], admin.Servers.Select(s => s.Weight));
        Assert.Equal(Enumerable.Range(10, 5).Select(n => $"10.0.2.{n}:3002"), admin.Servers.Select(s => s.Address));
        Assert.All(admin.Servers, s => Assert.Equal((3, TimeSpan.FromSeconds(30), 1000), (s.MaxFails, s.FailTimeout, s.MaxConns)));

        var customer = config.Upstreams.Single(u => u.Name == "customer_backend");
        Assert.Equal(BalancingMethod.LeastConnections, customer.Balancing.Method);
        Assert.Equal(256, customer.Keepalive);
        Assert.Equal(Enumerable.Range(10, 5).Select(n => $"10.0.3.{n}:3001"), customer.Servers.Select(s => s.Address));
        Assert.All(customer.Servers, s => Assert.Equal((3, TimeSpan.FromSeconds(30), 1500), (s.MaxFails, s.FailTimeout, s.MaxConns)));
    }

    [Fact]
    public void Insightserenity_shares_its_address_between_two_hosts()
    {
        var router = Assert.Single(ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!.VrrpInstances);

        Assert.Equal(("eth0", 51, 100, 3), (router.Interface, router.VirtualRouterId, router.Priority, router.Version ?? 0));
        Assert.Equal("10.0.1.100", Assert.Single(router.Addresses).Address.ToString());
        Assert.Equal(["admin_backend", "customer_backend"], router.TrackedUpstreams.Keys.Order());
    }

    [Fact]
    public void Insightserenity_serves_challenges_and_health_without_tls_and_redirects_the_rest()
    {
        var config = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!;

        var server = config.Servers[0];
        Assert.Equal([new IPEndPoint(IPAddress.Any, 80), new IPEndPoint(IPAddress.IPv6Any, 80)], server.Listen.Select(l => l.EndPoint));
        Assert.All(server.Listen, l => Assert.False(l.Ssl));
        Assert.Equal(["^~ /.well-known/acme-challenge/", "= /health", "/"], server.Locations.Select(l => l.Path.Value));
        Assert.Equal("/var/www/certbot", server.Locations[0].Root);
        Assert.Equal([200, 301], server.Locations.Skip(1).Select(l => l.Return!.Status));
    }

    [Fact]
    public void Insightserenity_limits_each_address()
    {
        var config = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!;

        Assert.Equal([("admin", 50), ("customer", 100)], config.LimitReqZones.Select(z => (z.Name, z.Rate.Requests)));
        Assert.All(config.LimitReqZones, z => Assert.Equal(("$binary_remote_addr", TimeSpan.FromMinutes(1)), (z.Key.Value, z.Rate.Window)));
        var server = config.Servers[1];
        Assert.Equal([("customer", 50, true)], server.Settings.Limits.Requests!.Select(l => (l.Zone, l.Burst, l.NoDelay)));
        Assert.Equal([("admin", 20, true)], server.Locations[1].Settings.Limits.Requests!.Select(l => (l.Zone, l.Burst, l.NoDelay)));
        Assert.Equal([("addr", 100)], server.Settings.Limits.Connections!.Select(l => (l.Zone, l.Number)));
        Assert.Equal((429, 429), (server.Settings.Limits.RequestStatus, server.Settings.Limits.ConnectionStatus));
        Assert.Null(config.Servers[0].Settings.Limits.Requests);
    }

    [Fact]
    public void Insightserenity_routes_admin_health_and_the_rest_over_tls()
    {
        var config = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!;

        Assert.Equal(2, config.Servers.Count);
        var server = config.Servers[1];
        Assert.Equal([new IPEndPoint(IPAddress.Any, 443), new IPEndPoint(IPAddress.IPv6Any, 443)], server.Listen.Select(l => l.EndPoint));
        Assert.All(server.Listen, l => Assert.True(l.Ssl));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9145), config.AdminListen!.EndPoint);
        Assert.Equal(["= /health", "/api/v1/admin/", "/static/", "/ws/", "/", "@error"], server.Locations.Select(l => l.Path.Value));
        Assert.Equal(200, server.Locations[0].Return!.Status);
        Assert.Equal("application/json", server.Locations[^1].Settings.DefaultType);
        Assert.Equal(["https://admin_backend", "https://customer_backend", "https://customer_backend", "https://customer_backend"], server.Locations.Skip(1).SkipLast(1).Select(l => l.ProxyPass!.Value));
    }
}
