using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary><c>auth_delay</c>: as in nginx every 401 of the access phase is held back, and nothing else is.</summary>
public sealed class AuthDelayTests : IDisposable
{
    private const string Delay = "auth_delay = '2s'";
    private readonly string _users = Path.GetTempFileName();

    public AuthDelayTests() => File.WriteAllText(_users, "ada:{PLAIN}geheim\n");

    [Theory]
    [InlineData(null, "", 401)]
    [InlineData("ada:wrong", "", 401)]
    [InlineData("eve:geheim", "", 401)]
    [InlineData("no-credentials", "", 401)]
    [InlineData("ada:wrong", "satisfy = 'any'\ndeny = 'all'", 401)]
    public async Task A_401_is_held_back(string? credentials, string keys, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, $"{Basic}\n{keys}", server: Delay, time: new FakeTimeProvider());
        var start = gateway.Time!.GetUtcNow();

        var answer = gateway.SendAsync(Request(credentials));
        await Eventually.TrueAsync(() => Refusals(gateway) == 1);
        Assert.False(answer.IsCompleted);

        var response = await gateway.RunClockAsync(answer);
        Assert.Equal((expected, "Basic realm=\"x\""), (response.Status, response["WWW-Authenticate"]));
        Assert.True((gateway.Time.GetUtcNow() - start).TotalMilliseconds >= 2000);
    }

    [Theory]
    [InlineData("ada:geheim", "", 200)]
    [InlineData(null, "satisfy = 'any'\nallow = 'all'", 200)]
    [InlineData(null, "deny = 'all'", 403)]
    [InlineData(null, "auth_delay = 0", 401)]
    [InlineData("ada:wrong", "auth_basic = 'off'", 200)]
    public async Task Nothing_else_is(string? credentials, string keys, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, keys, server: $"{Delay}\n{Basic}", time: new FakeTimeProvider());
        var start = gateway.Time!.GetUtcNow();

        Assert.Equal(expected, (await gateway.SendAsync(Request(credentials))).Status);

        Assert.Equal(start, gateway.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(403, false)]
    [InlineData(500, false)]
    [InlineData(204, false)]
    public async Task The_answer_of_auth_request_is_held_back_when_it_is_401(int status, bool isHeldBack)
    {
        await using var upstream = ScriptedUpstream.Answer(r => r.FirstLine.Contains("/auth", StringComparison.Ordinal) ? $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n" : ScriptedUpstream.OkText("ok"));
        await using var gateway = await TestGateway.StartAsync(upstream, $"{Delay}\nauth_request = '/auth'\n[[server.location]]\npath = '= /auth'\nproxy_pass = 'http://pool'", time: new FakeTimeProvider());
        var start = gateway.Time!.GetUtcNow();

        var answer = gateway.GetAsync();
        if (isHeldBack)
        {
            await Eventually.TrueAsync(() => gateway.Host.Counters.Access.AuthRequest.Value == 1);
            await gateway.RunClockAsync(answer);
        }

        Assert.Equal(status == 204 ? 200 : status, (await answer).Status);
        Assert.Equal(isHeldBack, (gateway.Time.GetUtcNow() - start).TotalMilliseconds >= 2000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_does_not_wait_is_499(bool resets)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, $"{Basic}\n{Delay}", time: new FakeTimeProvider());
        var leaving = await gateway.ConnectAsync();
        await leaving.SendAsync(Request("ada:wrong"));
        await Eventually.TrueAsync(() => Refusals(gateway) == 1);

        if (resets)
        {
            leaving.Reset();
        }

        leaving.Dispose();

        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        await using var upstream = ScriptedUpstream.Ok();
        var gateway = await TestGateway.StartAsync(upstream, $"{Basic}\n{Delay}", time: new FakeTimeProvider());
        using var waiting = await gateway.ConnectAsync();
        await waiting.SendAsync(Request("ada:wrong"));
        await Eventually.TrueAsync(() => Refusals(gateway) == 1);

        await gateway.Host.StopAsync(TimeSpan.Zero);

        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.GatewayShutdown).Value);
        await gateway.DisposeAsync();
    }

    public void Dispose() => File.Delete(_users);

    private string Basic => $"auth_basic = 'x'\nauth_basic_user_file = '{_users}'";

    private static long Refusals(TestGateway gateway) => gateway.Host.Counters.Access.WrongCredentials.Value + gateway.Host.Counters.Access.NoCredentials.Value;

    private static string Request(string? credentials) =>
        $"GET / HTTP/1.1\r\nHost: t\r\n{(credentials is null ? "" : $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials))}\r\n")}\r\n";
}
