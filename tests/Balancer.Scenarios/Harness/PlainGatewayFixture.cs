namespace Balancer.Harness;

/// <summary>The plainest gateway: everything goes to one upstream server.</summary>
public sealed class PlainGatewayFixture : GatewayFixture
{
    protected override string Toml => $"""
        client_max_body_size = "20m"

        [upstream.pool]
        server = ["{Upstream.Address}"]

        [[server]]
        listen = "127.0.0.1:{Port}"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;
}
