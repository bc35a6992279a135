using System.Net;
using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>Server names that are looked up again while the gateway runs.</summary>
public sealed class ResolverScenarios
{
    [Fact]
    public async Task Name_that_moves_is_followed_without_a_reload()
    {
        await using var first = TestUpstream.Start(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
        await using var second = TestUpstream.Start(new IPEndPoint(IPAddress.Parse("127.0.0.2"), first.Port));
        first.Default = x => x.RespondAsync(200, "first");
        second.Default = x => x.RespondAsync(200, "second");
        using var dns = new TestDnsServer { Answers = [IPAddress.Parse("127.0.0.1")] };
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            [upstream.pool]
            resolver = ["{{dns.Address}}"]
            resolver_valid = "1s"
            resolver_timeout = "2s"
            server = ["moving.test:{{first.Port}} resolve"]

            [[server]]
            listen = "127.0.0.1:{{port}}"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """);

        Task UntilAsync(string body) => Deadline.UntilAsync(async () => (await RawClient.GetAsync(port, "/")).BodyText == body, () => $"{body} answers");
        await UntilAsync("first");
        dns.Answers = [IPAddress.Parse("127.0.0.2")];
        await UntilAsync("second");

        // A name that is not found for a while keeps its last addresses.
        var asked = dns.Questions;
        dns.Answers = [];
        await Deadline.UntilAsync(() => dns.Questions >= asked + 4, () => "the name is looked up again");
        Assert.Equal("second", (await RawClient.GetAsync(port, "/")).BodyText);

        // Several addresses are several servers.
        dns.Answers = [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.2")];
        await UntilAsync("first");
        var bodies = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            bodies.Add((await RawClient.GetAsync(port, "/")).BodyText);
        }

        Assert.Equal((3, 3), (bodies.Count(b => b == "first"), bodies.Count(b => b == "second")));
    }
}
