using System.Net;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The files in conf/ load clean and say what they promise.</summary>
public sealed class ShippedFilesTests
{
    [Theory]
    [InlineData("quickstart.toml")]
    [InlineData("insightserenity.toml")]
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
    public void Insightserenity_routes_admin_health_and_the_rest()
    {
        var config = ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", "insightserenity.toml")).Config!;

        var server = Assert.Single(config.Servers);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 80), Assert.Single(server.Listen).EndPoint);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9145), config.AdminListen!.EndPoint);
        Assert.Equal(["= /health", "/api/v1/admin/", "/"], server.Locations.Select(l => l.Path.Value));
        Assert.Equal(200, server.Locations[0].Return!.Status);
        Assert.Equal(["http://admin_backend", "http://customer_backend"], server.Locations.Skip(1).Select(l => l.ProxyPass!.Value));
    }
}
