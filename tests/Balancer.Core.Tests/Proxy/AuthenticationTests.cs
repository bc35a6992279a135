using System.Text;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary><c>auth_basic</c>, <c>auth_request</c>, <c>satisfy</c> and <c>limit_except</c>, by the way of a whole request.</summary>
public sealed class AuthenticationTests : IDisposable
{
    private readonly string _users = Path.GetTempFileName();

    public AuthenticationTests() => File.WriteAllText(_users, "ada:$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0\nbob:{PLAIN}b:c\n");

    [Theory]
    [InlineData(null, 401)]
    [InlineData("ada:geheim", 200)]
    [InlineData("ada:geheim2", 401)]
    [InlineData("ada:", 401)]
    [InlineData(":geheim", 401)]
    [InlineData("geheim", 401)]
    [InlineData("eve:geheim", 401)]
    [InlineData("bob:b", 200)]
    [InlineData("bob:b:c", 401)]
    public async Task Password_decides(string? credentials, int expected)
    {
        await using var upstream = ScriptedUpstream.Answer(r => ScriptedUpstream.OkText(r["Authorization"] ?? "none"));
        await using var gateway = await TestGateway.StartAsync(upstream, Basic("Staff \\\"only\\\" for $host"));
        var sent = credentials is null ? "" : $"Authorization: basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials))}\r\n";

        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{sent}\r\n");
            var response = await client.ReadResponseAsync();

            Assert.Equal(expected, response.Status);
            Assert.Equal(expected == 401 ? "Basic realm=\"Staff \\\"only\\\" for test\"" : null, response["WWW-Authenticate"]);
        }

        Assert.Equal(expected == 200 ? 3 : 0, upstream.Requests.Count);
        Assert.Equal(expected == 401 && credentials?.IndexOf(':') > 0 ? 3 : 0, gateway.Log.Named("login-failed").Count());
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Bearer YWRhOmdlaGVpbQ==")]
    [InlineData("YWRhOmdlaGVpbQ==")]
    public async Task Credentials_that_are_none_are_asked_for_again(string authorization)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, Basic("x"));

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\nAuthorization: {authorization}\r\n\r\n");

        Assert.Equal(401, response.Status);
        Assert.Equal(1, gateway.Host.Counters.Access.NoCredentials.Value);
    }

    [Fact]
    public async Task Realm_off_asks_for_nothing()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "auth_basic = '$realm'", server: $"auth_basic_user_file = '{_users}'", top: "[map.realm]\nsource = '$uri'\ndefault = 'x'\nvalues = { '/free' = 'off' }\n");

        Assert.Equal(200, (await gateway.GetAsync("/free")).Status);
        Assert.Equal(401, (await gateway.GetAsync("/other")).Status);
    }

    [Theory]
    [InlineData("auth_basic = 'x'", "auth_basic cannot stand without 'auth_basic_user_file'")]
    [InlineData("auth_basic = 'x'\nauth_basic_user_file = '/no/such/file'", "auth_basic_user_file: '/no/such/file' cannot be read: Could not find")]
    public async Task What_cannot_work_is_a_fault_of_the_configuration(string keys, string expected)
    {
        var errors = await GatewayHost.CheckAsync(ConfigurationText.LoadGood($"[[server]]\n{keys}\nreturn = 204"), new LogCapture(), TimeProvider.System, CancellationToken.None);

        Assert.StartsWith(expected, errors[0].Message);
        Assert.Equal(2, errors[0].Location.Line - (keys.Contains('\n') ? 1 : 0));
    }

    [Theory]
    [InlineData("all", true, true, 200, 200)]
    [InlineData("all", true, false, 200, 401)]
    [InlineData("all", false, true, 200, 403)]
    [InlineData("any", true, false, 200, 200)]
    [InlineData("any", false, true, 200, 200)]
    [InlineData("any", false, false, 200, 200)]
    [InlineData("any", false, false, 403, 401)]
    [InlineData("any", false, false, 401, 401)]
    [InlineData("any", false, false, 500, 500)]
    [InlineData("all", true, true, 401, 401)]
    [InlineData("all", true, true, 403, 403)]
    [InlineData("all", true, true, 204, 200)]
    [InlineData("all", true, true, 302, 500)]
    [InlineData("all", true, true, 404, 500)]
    public async Task Satisfy_asks_for_all_or_any(string satisfy, bool address, bool password, int answer, int expected)
    {
        await using var upstream = ScriptedUpstream.Answer(r => r.FirstLine.Contains("/check") ? $"HTTP/1.1 {answer} X\r\nWWW-Authenticate: Bearer\r\nContent-Length: {(answer == 204 ? 0 : 4)}\r\n\r\n{(answer == 204 ? "" : "body")}" : ScriptedUpstream.OkText("content"));
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            $"{Basic("x")}\nsatisfy = '{satisfy}'\n{(address ? "allow" : "deny")} = 'all'\nauth_request = '/check'\n[[server.location]]\npath = '= /check'\ninternal = true\nproxy_pass = 'http://pool'");

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{(password ? "Authorization: Basic YWRhOmdlaGVpbQ==\r\n" : "")}\r\n");

        Assert.Equal(expected, response.Status);
        Assert.Equal(expected == 200 ? "content" : response.Text, response.Text);
        Assert.Equal(expected == 401, response["WWW-Authenticate"] is not null);
        Assert.Equal(expected != 401 ? 0 : satisfy == "any" && answer == 401 ? 2 : 1, response.Count("WWW-Authenticate"));
        var counters = gateway.Host.Counters.Access;
        Assert.Equal(expected is 401 or 403 ? 1 : 0, counters.Address.Value + counters.NoCredentials.Value + counters.WrongCredentials.Value + counters.AuthRequest.Value);
    }

    [Fact]
    public async Task Subrequest_is_a_GET_with_the_head_and_its_answer_sets_variables()
    {
        await using var upstream = ScriptedUpstream.Answer(r => r.FirstLine.Contains("/verify") ? "HTTP/1.1 200 OK\r\nX-User: ada\r\nContent-Length: 6\r\n\r\nhidden" : ScriptedUpstream.OkText(r["X-User"] + "," + r["X-Status"]));
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            """
            auth_request = "/check"
            auth_request_set = { who = "$upstream_http_x_user", auth_status = "$upstream_status" }
            proxy_set_header = { X-User = "$who", X-Status = "$auth_status" }
            add_header = { X-Tries = "$upstream_status" }
              [[server.location]]
              path = "= /check"
              internal = true
              proxy_pass = "http://pool/verify/"
              proxy_set_header = { X-Original = "$request_method $request_uri $uri $request_id", X-Nothing = "$who" }
            """);

        var response = await gateway.SendAsync("POST /a%20b?c=d HTTP/1.1\r\nHost: test\r\nCookie: s=1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody");

        Assert.Equal(200, response.Status);
        Assert.Equal("ada,200", response.Text);
        Assert.Equal("200", response["X-Tries"]);
        var requests = upstream.Requests.ToArray();
        Assert.Equal(2, requests.Length);
        Assert.Equal("GET /verify/ HTTP/1.1", requests[0].FirstLine);
        Assert.Equal("s=1", requests[0]["Cookie"]);
        Assert.Null(requests[0]["Content-Length"]);
        Assert.Null(requests[0]["Upgrade"]);
        Assert.Null(requests[0]["X-Nothing"]);
        Assert.Equal($"POST /a%20b?c=d /check {requests[1]["X-Request-ID"]}", requests[0]["X-Original"]);
        Assert.Equal("POST /a%20b?c=d HTTP/1.1", requests[1].FirstLine);
        Assert.Equal("body", requests[1].Text);
    }

    [Theory]
    [InlineData("return = 204", 200)]
    [InlineData("return = 403", 403)]
    [InlineData("return = '401'", 401)]
    [InlineData("return = '302 /x'", 500)]
    [InlineData("root = '/nowhere'", 500)]
    [InlineData("proxy_pass = 'http://127.0.0.1:1'", 500)]
    [InlineData("deny = 'all'\nreturn = 204", 200)]
    public async Task Any_location_can_be_asked(string check, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, $"auth_request = '/check'\n[[server.location]]\npath = '/check'\ninternal = true\n{check}");

        Assert.Equal(expected, (await gateway.GetAsync()).Status);
        Assert.Equal(404, (await gateway.GetAsync("/check")).Status);
        Assert.Equal(expected == 500 ? 1 : 0, gateway.Log.Named("auth-request-failed").Count());
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("POST", 200)]
    [InlineData("PUT", 403)]
    [InlineData("DELETE", 403)]
    [InlineData("get", 403)]
    [InlineData("BREW", 403)]
    public async Task Limit_except_leaves_its_methods_alone(string method, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok("");
        await using var gateway = await TestGateway.StartAsync(upstream, "allow = 'all'\n[server.location.limit_except]\nmethods = 'GET POST'\ndeny = 'all'");

        Assert.Equal(expected, (await gateway.SendAsync($"{method} / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n", isBodyless: method == "HEAD")).Status);
    }

    [Fact]
    public async Task Limit_except_inherits_what_it_does_not_say()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, $"auth_basic_user_file = '{_users}'\n[server.location.limit_except]\nmethods = 'GET'\nauth_basic = 'writers'");

        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal("Basic realm=\"writers\"", (await gateway.SendAsync("DELETE / HTTP/1.1\r\nHost: test\r\n\r\n"))["WWW-Authenticate"]);
        Assert.Equal(200, (await gateway.SendAsync("DELETE / HTTP/1.1\r\nHost: test\r\nAuthorization: Basic YWRhOmdlaGVpbQ==\r\n\r\n")).Status);
    }

    public void Dispose() => File.Delete(_users);

    private string Basic(string realm) => $"auth_basic = \"{realm}\"\nauth_basic_user_file = '{_users}'";
}
