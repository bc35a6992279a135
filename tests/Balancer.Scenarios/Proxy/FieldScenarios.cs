using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Which fields reach the other side, and which are set on the way.</summary>
public sealed class FieldScenarios(FieldScenarios.Fixture fixture) : IClassFixture<FieldScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        internal int TrustingPort { get; } = Ports.Next();

        protected override string Toml => $$"""
            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = ["fields.example"]
            add_header = { X-Server = "server", X-Both = "outer" }

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/set/"
              proxy_pass = "http://pool"
              proxy_set_header = { X-Tenant = "t-$http_x_tenant", User-Agent = "", Host = "inner.example" }
              proxy_hide_header = ["X-Powered-By"]
              add_header = { X-Both = "inner", X-Location = "$uri" }

              [[server.location]]
              path = "/broken/"
              proxy_pass = "http://127.0.0.1:{{Ports.Next()}}"

            [[server]]
            listen = "127.0.0.1:{{TrustingPort}}"
            set_real_ip_from = ["127.0.0.0/8"]
            real_ip_header = "X-Forwarded-For"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;
    }

    private async Task<UpstreamRequest> UpstreamSawAsync(string path, params string[] fields)
    {
        Assert.Equal(200, (await fixture.GetAsync(path, fields)).Status);
        return await fixture.Upstream.WaitForRequestAsync(path);
    }

    [Fact]
    public async Task End_to_end_fields_are_passed_in_order_with_their_duplicates()
    {
        var request = await UpstreamSawAsync("/order", "X-B: 1", "X-A: 2", "x-b: 3", "Accept: */*", "Cookie: a=b; c=d", "X-Empty:", "X-Odd: \u00e9\t!");
        Assert.Equal(["1", "3"], request.Values("X-B"));
        Assert.Equal(["X-B: 1", "X-A: 2", "x-b: 3"], request.Fields.Where(f => f.StartsWith("X-A", StringComparison.Ordinal) || f.StartsWith("x-b", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(("*/*", "a=b; c=d", "", "\u00e9\t!"), (request["Accept"], request["Cookie"], request["X-Empty"], request["X-Odd"]));
    }

    [Fact]
    public async Task Hop_by_hop_fields_and_those_named_in_connection_stay_here()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("""
            GET /hop HTTP/1.1
            Host: a
            Connection: X-Secret, keep-alive,,x-other
            Keep-Alive: timeout=5
            Proxy-Connection: keep-alive
            X-Secret: 1
            X-Other: 2
            TE: gzip
            X-Stays: 3


            """.ReplaceLineEndings("\r\n"));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Upstream.WaitForRequestAsync("/hop");
        foreach (var name in (string[])["Keep-Alive", "Proxy-Connection", "X-Secret", "X-Other", "TE"])
        {
            Assert.Null(request[name]);
        }

        Assert.Equal("3", request["X-Stays"]);
        Assert.True(request["Connection"] is null or "keep-alive", request.Head);
    }

    [Fact]
    public async Task Connection_field_cannot_remove_what_the_gateway_sets_or_what_frames_the_message()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /nominated HTTP/1.1\r\nHost: a\r\nConnection: X-Forwarded-For, X-Real-IP, X-Request-ID, Host, Content-Length\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Upstream.WaitForRequestAsync("/nominated");
        Assert.Equal("hi", await request.BodyTextAsync());
        Assert.Equal(("127.0.0.1", "127.0.0.1", "a"), (request["X-Forwarded-For"], request["X-Real-IP"], request["Host"]));
        Assert.Matches("^[0-9a-f]{32}$", request["X-Request-ID"]);
    }

    [Fact]
    public async Task Forwarding_fields_are_set()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /forwarded HTTP/1.1\r\nHost: fields.example:8080\r\n\r\n");
        await client.ReadResponseAsync();
        var request = await fixture.Upstream.WaitForRequestAsync("/forwarded");
        Assert.Equal(["127.0.0.1"], request.Values("X-Forwarded-For"));
        Assert.Equal(["127.0.0.1"], request.Values("X-Real-IP"));
        Assert.Equal(["http"], request.Values("X-Forwarded-Proto"));
        Assert.StartsWith("fields.example", Assert.Single(request.Values("X-Forwarded-Host")), StringComparison.Ordinal);
        Assert.Equal(["fields.example:8080"], request.Values("Host"));
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(request.Values("X-Request-ID")));
    }

    [Fact]
    public async Task Forwarding_fields_of_an_untrusted_client_are_dropped()
    {
        var request = await UpstreamSawAsync(
            "/spoofed", "X-Forwarded-For: 6.6.6.6", "x-forwarded-for: 7.7.7.7", "X-Real-IP: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Request-ID: chosen");
        Assert.DoesNotContain("6.6.6.6", request.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("7.7.7.7", request.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", request.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("chosen", request.Head, StringComparison.Ordinal);
        Assert.Equal(["http"], request.Values("X-Forwarded-Proto"));
    }

    [Fact]
    public async Task Forwarding_fields_of_a_trusted_proxy_are_believed()
    {
        var response = await RawClient.GetAsync(fixture.TrustingPort, "/trusted", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Request-ID: from-outside");
        Assert.Equal(200, response.Status);
        var request = await fixture.Upstream.WaitForRequestAsync("/trusted");
        Assert.Equal(["192.0.2.7"], request.Values("X-Real-IP"));
        Assert.StartsWith("192.0.2.7", Assert.Single(request.Values("X-Forwarded-For")), StringComparison.Ordinal);
        Assert.Equal(["https"], request.Values("X-Forwarded-Proto"));
        Assert.Equal(["from-outside"], request.Values("X-Request-ID"));
    }

    [Fact]
    public async Task Request_ids_differ()
    {
        for (var i = 0; i < 20; i++)
        {
            await fixture.GetAsync("/ids");
        }

        Assert.Equal(20, fixture.Upstream.RequestsFor("/ids").Select(r => r["X-Request-ID"]).Distinct().Count());
    }

    [Fact]
    public async Task Names_with_an_underscore_are_dropped()
    {
        var request = await UpstreamSawAsync("/underscore", "X_Forwarded_For: 6.6.6.6", "X-Fine: 1");
        Assert.DoesNotContain("X_Forwarded", request.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("1", request["X-Fine"]);
    }

    [Fact]
    public async Task Set_fields_replace_add_and_remove()
    {
        var request = await UpstreamSawAsync("/set/a", "X-Tenant: 7", "User-Agent: curl", "X-Kept: yes");
        Assert.Equal(["t-7"], request.Values("X-Tenant"));
        Assert.Equal(["inner.example"], request.Values("Host"));
        Assert.Empty(request.Values("User-Agent"));
        Assert.Equal("yes", request["X-Kept"]);
    }

    [Fact]
    public async Task Response_fields_are_passed_hidden_and_added_as_configured()
    {
        fixture.Upstream.OnRaw("/set/response", """
            HTTP/1.1 200 OK
            Server: inner
            Date: Mon, 01 Jan 2024 00:00:00 GMT
            Set-Cookie: a=1
            X-Powered-By: magic
            Set-Cookie: b=2
            Connection: X-Hop
            X-Hop: 1
            Keep-Alive: timeout=5
            Proxy-Connection: keep-alive
            X-Accel-Redirect: /secret
            Content-Length: 2

            ok
            """.ReplaceLineEndings("\r\n"));
        var response = await fixture.GetAsync("/set/response");
        Assert.Equal(["a=1", "b=2"], response.Values("Set-Cookie"));
        Assert.Equal(["Mon, 01 Jan 2024 00:00:00 GMT"], response.Values("Date"));
        Assert.Equal(["inner"], response.Values("Server"));
        foreach (var name in (string[])["X-Powered-By", "X-Hop", "Keep-Alive", "Proxy-Connection", "X-Accel-Redirect"])
        {
            Assert.Empty(response.Values(name));
        }

        Assert.Equal(["inner"], response.Values("X-Both"));
        Assert.Equal(["server"], response.Values("X-Server"));
        Assert.Equal(["/set/response"], response.Values("X-Location"));
    }

    [Theory]
    [InlineData("/status/404", 404)]
    [InlineData("/status/500", 500)]
    [InlineData("/broken/", 502)]
    public async Task Added_fields_are_on_every_status(string path, int status)
    {
        fixture.Upstream.OnRaw(path, $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
        var response = await fixture.GetAsync(path);
        Assert.Equal(status, response.Status);
        Assert.Equal(["server"], response.Values("X-Server"));
    }

    [Fact]
    public async Task Every_response_carries_a_date()
    {
        Assert.Single((await fixture.GetAsync("/date")).Values("Date"));
        Assert.Single((await fixture.GetAsync("/broken/")).Values("Date"));
    }
}
