using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Who is let in, by the way of a whole request.</summary>
public sealed class AccessPhaseTests
{
    private const string Toml = """
        [[server]]
        listen = "127.0.0.1:0"
        set_real_ip_from = ["127.0.0.1", "10.0.0.0/8"]
        real_ip_header = "X-Forwarded-For"
        real_ip_recursive = true
        deny = "192.0.2.0/24"

          [[server.location]]
          path = "/inherits"
          root = "/nowhere"

          [[server.location]]
          path = "/own"
          root = "/nowhere"
          access = ["deny 198.51.100.13", "allow 198.51.100.0/24", "deny all"]

          [[server.location]]
          path = "/any"
          root = "/nowhere"
          satisfy = "any"
          allow = "198.51.100.0/24"
          deny = "all"

          [[server.location]]
          path = "/return"
          return = "200 before"
        """;

    [Theory]
    [InlineData("/inherits", "192.0.2.1", 403)]
    [InlineData("/inherits", "192.0.3.1", 404)]
    [InlineData("/own", "192.0.2.1", 403)]
    [InlineData("/own", "198.51.100.1", 404)]
    [InlineData("/own", "198.51.100.13", 403)]
    [InlineData("/any", "198.51.100.1", 404)]
    [InlineData("/any", "192.0.2.1", 403)]
    [InlineData("/return", "192.0.2.1", 200)]
    [InlineData("/no-such-location", "192.0.2.1", 403)]
    [InlineData("/no-such-location", "198.51.100.1", 404)]
    [InlineData("/own", "198.51.100.1, 192.0.2.1", 403)]
    [InlineData("/own", "198.51.100.1, 192.0.2.1, 10.1.2.3", 403)]
    [InlineData("/own", "192.0.2.1, 198.51.100.1, 10.1.2.3", 404)]
    public async Task Client_is_the_one_trusted_proxies_name(string path, string forwardedFor, int expected)
    {
        await using var gateway = await TestGateway.StartAsync(Toml);

        var response = await gateway.SendAsync($"GET {path} HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: {forwardedFor}\r\n\r\n");

        Assert.Equal(expected, response.Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 198.51.100.1")]
    [InlineData("X-Forwarded-For: 198.51.100.1, 127.0.0.1")]
    [InlineData("X-Real-IP: 198.51.100.1")]
    [InlineData("Forwarded: for=198.51.100.1")]
    [InlineData("X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 198.51.100.1")]
    public async Task What_an_untrusted_client_says_of_its_address_changes_nothing(string fields)
    {
        await using var gateway = await TestGateway.StartAsync("""
            [[server]]
            listen = "127.0.0.1:0"
            set_real_ip_from = "10.0.0.0/8"
            real_ip_header = "X-Forwarded-For"
            real_ip_recursive = true
            add_header = { X-Client = "$remote_addr" }
              [[server.location]]
              path = "/"
              root = "/nowhere"
              allow = "198.51.100.0/24"
              deny = "all"
            """);

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{fields}\r\n\r\n");

        Assert.Equal(403, response.Status);
        Assert.Equal("127.0.0.1", response["X-Client"]);
    }

    [Fact]
    public async Task A_denial_is_logged_with_its_rule_and_counted()
    {
        await using var gateway = await TestGateway.StartAsync(Toml);

        await gateway.SendAsync("GET /own?x=1 HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 198.51.100.13\r\n\r\n");

        Assert.Equal(
            "access-denied: a client was not let in: rule=deny 198.51.100.13 client=198.51.100.13 host=test request=GET /own?x=1",
            Assert.Single(gateway.Log.Named("access-denied")));
        Assert.Equal(1, gateway.Host.Counters.Access.Address.Value);
    }
}
