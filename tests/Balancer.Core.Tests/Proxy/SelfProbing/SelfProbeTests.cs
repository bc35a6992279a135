using System.Net;
using Balancer.TestSupport;

namespace Balancer.Proxy.SelfProbing;

/// <summary>The gateway asks itself, without virtual routers: they are another room's.</summary>
public class SelfProbeTests
{
    private const string Instance = """
        [vrrp_instance.VI_1]
        interface = "eth0"
        virtual_router_id = 51
        version = 3
        advert_int = "100ms"
        virtual_ipaddress = ["192.0.2.100/24"]
        self_probe_timeout = "1s"

        """;

    [Theory]
    [InlineData("127.0.0.1:0", "")]
    [InlineData("*:0", "")]
    [InlineData("[::1]:0", "")]
    [InlineData("127.0.0.1:0 proxy_protocol", "")]
    [InlineData("127.0.0.1:0 ssl", "ssl_reject_handshake = true")]
    [InlineData("192.0.2.100:0", "")]
    public async Task Every_kind_of_listener_answers_and_no_client_is_counted(string listen, string server)
    {
        await using var gateway = await TestGateway.StartAsync($"{Instance}[[server]]\nlisten = \"{listen}\"\n{server}\nreturn = 204\n");

        await AnswersAsync(gateway, 5);

        Assert.True(gateway.Host.SelfProbe.IsAnswering(gateway.Host.Listeners[0]));
        Assert.Equal(0, gateway.Host.Counters.ConnectionsAccepted.Value);
        Assert.Equal(0, gateway.Host.Counters.ConnectionsClosed.Value);
        Assert.Equal(0, gateway.Host.Snapshot!.Servers[0].Metrics.Sum(m => Enumerable.Range(0, 6).Sum(i => m.Requests(i).Value)));
        Assert.Empty(gateway.Log.Named("handshake-failed"));
        Assert.Empty(gateway.Log.Named("proxy-header-refused"));
    }

    [Fact]
    public async Task A_client_with_the_same_request_is_a_client()
    {
        await using var gateway = await TestGateway.StartAsync($"{Instance}[[server]]\nlisten = \"127.0.0.1:0\"\nreturn = \"200 hello\"\n");
        await AnswersAsync(gateway, 2);

        var response = await gateway.SendAsync("GET / HTTP/1.1\r\nHost: self-probe\r\n\r\n");

        Assert.Equal("hello", response.Text);
        Assert.Equal(1, gateway.Host.Counters.ConnectionsAccepted.Value);
    }

    [Fact]
    public async Task A_listener_that_has_stopped_fails_while_the_others_answer()
    {
        await using var gateway = await TestGateway.StartAsync($"{Instance}[[server]]\nlisten = [\"127.0.0.1:0\", \"127.0.0.2:0\"]\nreturn = 204\n");
        var stopped = gateway.Host.FindListener("127.0.0.2:0")!;
        await AnswersAsync(gateway, 2);

        await stopped.StopAsync(TimeSpan.Zero);

        await Eventually.TrueAsync(() => !gateway.Host.SelfProbe.IsAnswering(stopped));
        Assert.True(gateway.Host.SelfProbe.IsAnswering(gateway.Host.FindListener("127.0.0.1:0")!));
        await AnswersAsync(gateway, 2);
    }

    [Fact]
    public async Task When_no_listener_answers_nothing_is_counted_any_more()
    {
        await using var gateway = await TestGateway.StartAsync($"{Instance}[[server]]\nlisten = \"127.0.0.1:0\"\nreturn = 204\n");
        var listener = gateway.Host.Listeners[0];
        await AnswersAsync(gateway, 2);

        await listener.StopAsync(TimeSpan.Zero);
        await Eventually.TrueAsync(() => !gateway.Host.SelfProbe.IsAnswering(listener));
        var answers = gateway.Host.SelfProbe.Answers;
        var probes = Unanswered(gateway);
        await Eventually.TrueAsync(() => Unanswered(gateway) >= probes + 3);

        Assert.Equal(answers, gateway.Host.SelfProbe.Answers);
    }

    [Fact]
    public async Task A_reload_begins_and_ends_it()
    {
        const string Server = "[[server]]\nlisten = \"127.0.0.1:0\"\nreturn = 204\n";
        await using var gateway = await TestGateway.StartAsync(Server);
        Assert.DoesNotContain(gateway.Host.Metrics.Collect(), f => f.Family.Name == "balancer_vrrp_self_probes");

        Assert.Empty(await gateway.ReloadAsync(Instance + Server));
        await AnswersAsync(gateway, 2);
        Assert.Empty(await gateway.ReloadAsync(Server));

        Assert.DoesNotContain(gateway.Host.Metrics.Collect(), f => f.Family.Name == "balancer_vrrp_self_probes");
        Assert.Empty(await gateway.ReloadAsync(Instance + Server));
        await AnswersAsync(gateway, 2);
    }

    private static Task AnswersAsync(TestGateway gateway, int more)
    {
        var before = gateway.Host.SelfProbe.Answers;
        return Eventually.TrueAsync(() => gateway.Host.SelfProbe.Answers >= before + more, () => $"{gateway.Host.SelfProbe.Answers} answers, {Unanswered(gateway)} probes unanswered");
    }

    private static double Unanswered(TestGateway gateway) =>
        gateway.Host.Metrics.Collect().First(f => f.Family.Name == "balancer_vrrp_self_probes").Samples.First(s => s.LabelValues.Contains("unanswered")).Value;
}
