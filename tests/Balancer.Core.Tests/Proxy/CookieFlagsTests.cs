using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary><c>proxy_cookie_flags</c>, by the way of a whole request; scenarios compare it with nginx.</summary>
public class CookieFlagsTests
{
    private const string Rules = "proxy_cookie_flags = ['one secure samesite=strict', '~^T[x] httponly samesite=none', '~^t nosecure nohttponly nosamesite', 'v $arg_f', 'n $arg_n']";

    [Theory]
    [InlineData("one=1", "one=1; Secure; SameSite=Strict")]
    [InlineData("ONE=1; Path=/; secure", "ONE=1; Path=/; secure; SameSite=Strict")]
    [InlineData("one=1; samesite=Lax; x", "one=1; SameSite=Strict; x; Secure")]
    [InlineData("one=1; SameSite=STRICT;Secure", "one=1; SameSite=STRICT; Secure")]
    [InlineData("one=1; SameSite", "one=1; SameSite=Strict; Secure")]
    [InlineData("one = 1 ;  Path = / ", "one=1; Path=/; Secure; SameSite=Strict")]
    [InlineData("tx=", "tx=; HttpOnly; SameSite=None")]
    [InlineData("two=2; SECURE; HttpOnly; samesite=Lax; Path=/", "two=2; Path=/")]
    [InlineData("other=1;Secure", "other=1;Secure")]
    [InlineData("one; Secure", "one; Secure")]
    [InlineData("v=1", "v=1; HttpOnly")]
    [InlineData("n=1;Secure", "n=1;Secure")]
    public async Task Flags_are_what_the_first_rule_that_fits_says(string cookie, string expected)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => $"HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nSet-Cookie: other=2\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, Rules);

        var response = await gateway.GetAsync("/?f=httponly");

        Assert.Equal([expected, "other=2"], response.Fields.Where(f => f.Name == "Set-Cookie").Select(f => f.Value));
    }

    [Fact]
    public async Task An_inner_level_replaces_or_undoes_the_rules()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 200 OK\r\nSet-Cookie: one=1\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, "[[server.location]]\npath = '/own'\nproxy_pass = 'http://pool'\nproxy_cookie_flags = 'one httponly'\n[[server.location]]\npath = '/off'\nproxy_pass = 'http://pool'\nproxy_cookie_flags = 'off'", server: Rules);

        Assert.Equal("one=1; Secure; SameSite=Strict", (await gateway.GetAsync("/"))["Set-Cookie"]);
        Assert.Equal("one=1; HttpOnly", (await gateway.GetAsync("/own"))["Set-Cookie"]);
        Assert.Equal("one=1", (await gateway.GetAsync("/off"))["Set-Cookie"]);
    }
}
