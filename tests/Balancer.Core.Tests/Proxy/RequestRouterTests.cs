using Balancer.TestSupport;

namespace Balancer.Proxy;

public sealed class RequestRouterTests
{
    /// <summary>Backtracks without end on <see cref="Trap"/>.</summary>
    private const string Expression = @"(a+)+\1b$";

    private static readonly string Trap = new('a', 60);

    [Fact]
    public async Task Location_whose_expression_takes_too_long_is_answered_500_and_the_connection_goes_on()
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            [[server]]
            listen = "127.0.0.1:0"

              [[server.location]]
              path = '~ ^/{{Expression}}'
              return = "200 expression"

              [[server.location]]
              path = "/"
              return = "200 prefix"
            """);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET /{Trap} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(500, (await client.ReadResponseAsync()).Status);
        await client.SendAsync("GET /aab HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("expression", (await client.ReadResponseAsync()).Text);

        var line = Assert.Single(gateway.Log.Named("expression-given-up"));
        Assert.Contains(Expression, line, StringComparison.Ordinal);
        Assert.Contains($"request=GET /{Trap}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_name_whose_expression_takes_too_long_is_answered_500_by_the_default_server()
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            [[server]]
            listen = "127.0.0.1:0"
            server_name = ["default.example"]
            add_header = { X-Server = "$server_name" }
            return = "200 default"

            [[server]]
            listen = "127.0.0.1:0"
            server_name = ['~^{{Expression}}']
            return = "200 expression"
            """);

        var refused = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: {Trap}\r\n\r\n");
        Assert.Equal((500, "default.example"), (refused.Status, refused["X-Server"]));
        Assert.Equal("expression", (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: aab\r\n\r\n")).Text);
        Assert.Single(gateway.Log.Named("expression-given-up"));
    }
}
