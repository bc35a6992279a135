using System.Globalization;
using System.Net;
using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Gateways;

/// <summary>What the gateway of conf/leafyhealth.toml does for its site.</summary>
public sealed class LeafyHealthScenarios(LeafyHealthFixture fixture) : IClassFixture<LeafyHealthFixture>
{
    private const string Origin = "https://app.leafyhealth.com";

    [Fact]
    public async Task Each_service_has_its_path_and_the_front_end_all_the_rest()
    {
        using var client = fixture.From("127.0.7.1");
        Assert.Equal(24, fixture.Services.Count());
        foreach (var service in fixture.Services)
        {
            Assert.StartsWith($"{service} /api/{service}/v1/items?page=2 127.0.7.1 ", await client.GetStringAsync($"/api/{service}/v1/items?page=2"), StringComparison.Ordinal);
        }

        Assert.StartsWith("web /shop?x=1 127.0.7.1 ", await client.GetStringAsync("/shop?x=1"), StringComparison.Ordinal);
        Assert.StartsWith("web / ", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_without_a_service_is_a_json_error_with_the_id_of_the_request()
    {
        using var client = fixture.From("127.0.7.2");
        using var response = await client.GetAsync("/api/nowhere/1");

        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (response.StatusCode, response.Field("Content-Type")));
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal((404, response.Field("X-Request-ID")), (error.GetProperty("status").GetInt32(), error.GetProperty("request_id").GetString()));
        Assert.Equal("DENY", response.Field("X-Frame-Options"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/auth/login")]
    [InlineData("/health")]
    [InlineData("/api/nowhere/")]
    public async Task Every_response_has_the_security_fields_once(string path)
    {
        using var client = fixture.From("127.0.7.3");
        using var response = await client.GetAsync(path);

        Assert.Equal("DENY", response.Field("X-Frame-Options"));
        Assert.Equal("nosniff", response.Field("X-Content-Type-Options"));
        Assert.StartsWith("default-src 'self'", response.Field("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("max-age=31536000; includeSubDomains", response.Field("Strict-Transport-Security"));
        Assert.Equal("strict-origin-when-cross-origin", response.Field("Referrer-Policy"));
        Assert.Null(response.Field("X-Powered-By"));
        Assert.Matches("^[0-9a-f]{32}$", response.Field("X-Request-ID"));
    }

    [Fact]
    public async Task The_service_gets_the_id_that_the_client_is_told()
    {
        using var client = fixture.From("127.0.7.4");
        using var response = await client.GetAsync("/api/data/x");

        Assert.EndsWith($" {response.Field("X-Request-ID")}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_requests_of_an_address_pass_in_15_minutes_and_the_next_is_refused()
    {
        using var client = fixture.From("127.0.7.5");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 101; i++)
        {
            using var passed = await client.GetAsync("/api/orders/1");
            statuses.Add(passed.StatusCode);
        }

        // A slot comes back each 9 s: should the loop take longer than that, one more passes.
        Assert.All(statuses.Take(100), status => Assert.Equal(HttpStatusCode.OK, status));
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 100 && refused is not { StatusCode: HttpStatusCode.TooManyRequests }; i++)
        {
            refused?.Dispose();
            refused = await client.GetAsync("/api/orders/1");
        }

        using (refused)
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "application/json"), (refused!.StatusCode, refused.Field("Content-Type")));
            Assert.InRange(int.Parse(refused.Field("Retry-After")!, CultureInfo.InvariantCulture), 1, 9);
            Assert.Equal(("100", "0"), (refused.Field("RateLimit-Limit"), refused.Field("RateLimit-Remaining")));
        }

        // Pages are not counted, nor other addresses.
        using var page = await client.GetAsync("/shop");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var other = fixture.From("127.0.7.6");
        using var elsewhere = await other.GetAsync("/api/orders/1");
        Assert.Equal((HttpStatusCode.OK, "99"), (elsewhere.StatusCode, elsewhere.Field("RateLimit-Remaining")));
    }

    [Fact]
    public async Task Scripts_of_the_site_may_call_services_with_cookies_and_preflights_are_answered_here()
    {
        using var client = fixture.From("127.0.7.7");
        var before = fixture.Server("users").Requests.Length;
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/users/1");
        preflight.Headers.Add("Origin", Origin);
        preflight.Headers.Add("Access-Control-Request-Method", "PUT");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type, authorization");
        using var allowed = await client.SendAsync(preflight);

        Assert.Equal((HttpStatusCode.NoContent, Origin, "true", "600"), (allowed.StatusCode, allowed.Field("Access-Control-Allow-Origin"), allowed.Field("Access-Control-Allow-Credentials"), allowed.Field("Access-Control-Max-Age")));
        Assert.Contains("PUT", allowed.Field("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal(before, fixture.Server("users").Requests.Length);

        using var call = new HttpRequestMessage(HttpMethod.Get, "/api/users/1");
        call.Headers.Add("Origin", Origin);
        using var answer = await client.SendAsync(call);
        Assert.Equal((Origin, "true"), (answer.Field("Access-Control-Allow-Origin"), answer.Field("Access-Control-Allow-Credentials")));
        Assert.Contains("Origin", answer.Field("Vary"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://leafyhealth.com.evil.example")]
    [InlineData("https://evilleafyhealth.com")]
    [InlineData("http://leafyhealth.com")]
    [InlineData("null")]
    public async Task Scripts_of_other_origins_get_no_leave(string origin)
    {
        using var client = fixture.From("127.0.7.8");
        using var call = new HttpRequestMessage(HttpMethod.Get, "/api/users/1");
        call.Headers.Add("Origin", origin);
        using var answer = await client.SendAsync(call);

        Assert.Null(answer.Field("Access-Control-Allow-Origin"));
        Assert.Contains("Origin", answer.Field("Vary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sockets_of_hot_reload_pass()
    {
        fixture.Server("web").On("/_next/webpack-hmr", async x =>
        {
            await x.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello");
            await x.Connection.SendAsync(await x.Connection.Reader.ReadSomeAsync());
            x.Connection.Close();
        });
        await using var client = await RawClient.ConnectAsync(fixture.Port);
        await client.SendAsync("GET /_next/webpack-hmr HTTP/1.1\r\nHost: leafyhealth.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        Assert.Equal("hello", await client.ReadTextAsync(5));
        await client.SendAsync("module changed");

        Assert.Equal("module changed", await client.ReadTextAsync(14));
    }

    [Fact]
    public async Task Health_tells_of_each_pool()
    {
        using var client = fixture.From("127.0.7.9");
        using var response = await client.GetAsync("/health");
        var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal((HttpStatusCode.OK, "ok"), (response.StatusCode, health.GetProperty("status").GetString()));
        Assert.True(health.GetProperty("uptime_seconds").GetInt64() >= 0);
        Assert.Equal(fixture.Services.Append("web").Order(StringComparer.Ordinal), health.GetProperty("upstreams").EnumerateObject().Select(pool => pool.Name).Order(StringComparer.Ordinal));
        Assert.All(health.GetProperty("upstreams").EnumerateObject(), pool => Assert.Equal("up", pool.Value.GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("garbage")]
    public async Task A_front_end_that_is_not_there_is_a_page_and_not_a_hang(string fault)
    {
        fixture.Server("web").On($"/dead/{fault}", async x =>
        {
            if (fault == "garbage")
            {
                await x.SendAsync("GARBAGE\r\n\r\n");
            }

            x.Connection.Reset();
        });
        using var client = fixture.From("127.0.7.10");
        using var response = await client.GetAsync($"/dead/{fault}");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html", "10"), (response.StatusCode, response.Field("Content-Type"), response.Field("Retry-After")));
        Assert.Contains("We will be back", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_fails_is_a_json_error_and_its_own_errors_pass()
    {
        fixture.Server("payments").On("/api/payments/dead", x =>
        {
            x.Connection.Reset();
            return Task.CompletedTask;
        });
        fixture.Server("payments").On("/api/payments/own", x => x.RespondAsync(422, "its own words"));
        using var client = fixture.From("127.0.7.11");
        using var dead = await client.GetAsync("/api/payments/dead");
        using var own = await client.GetAsync("/api/payments/own");

        Assert.Equal((HttpStatusCode.BadGateway, "application/json"), (dead.StatusCode, dead.Field("Content-Type")));
        Assert.Equal(502, JsonDocument.Parse(await dead.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("status").GetInt32());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "its own words"), (own.StatusCode, await own.Content.ReadAsStringAsync()));
    }
}
