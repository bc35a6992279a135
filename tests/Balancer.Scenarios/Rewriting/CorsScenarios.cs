using System.Net;
using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary>What browsers learn about scripts of other origins, by HTTP/1.1 and HTTP/2, whoever answers.</summary>
public sealed class CorsScenarios(CorsScenarios.Fixture fixture) : IClassFixture<CorsScenarios.Fixture>
{
    private const string App = "https://app.example.com";
    private const string Below = "https://a.b.example.org";
    private const string Matched = "https://pr-42.example.net";
    private const string Allowed = $"{App}|true|||X-Total||Origin";
    private const string Refused = "||||||Origin";

    private static readonly string[] Names =
    [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
        "Access-Control-Max-Age", "Vary",
    ];

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public sealed class Fixture : GatewayFixture
    {
        private readonly TempDirectory _directory = new();

        protected override string Toml => $$"""
            limit_req_zone = "all zone=one:64k rate=1r/d"

            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            http2 = true
            error_page = ["502 /sorry", "504 = @late"]

              [server.cors]
              allow_origin = ["https://app.example.com", "https://*.example.org", '~^https://pr-\d+\.example\.net$']
              allow_methods = ["GET", "PUT", "DELETE"]
              allow_headers = ["Authorization", "X-Custom"]
              expose_headers = "X-Total"
              allow_credentials = true
              max_age = "10m"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/kept"
              proxy_pass = "http://pool"
              expires = "1h"

              [[server.location]]
              path = "/text"
              return = "200 text"

              [[server.location]]
              path = "/moved"
              return = "301 /text"

              [[server.location]]
              path = "/denied"
              deny = "all"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/private"
              auth_basic = "staff"
              auth_basic_user_file = "{{_directory.Path}}/users"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/limited"
              limit_req = "zone=one"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/large"
              client_max_body_size = 1
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/dead"
              proxy_pass = "http://127.0.0.1:1"

              [[server.location]]
              path = "/sorry"
              internal = true
              return = "200 sorry"

              [[server.location]]
              path = "@late"
              return = "200 late"

              [[server.location]]
              path = "/public"
              proxy_pass = "http://pool"
              cors = { allow_origin = "*", allow_headers = "*" }

              [[server.location]]
              path = "/sandbox"
              proxy_pass = "http://pool"
              cors = { allow_origin = "null" }

              [[server.location]]
              path = "/own"
              proxy_pass = "http://pool"
              cors = false
            """;

        public override async Task InitializeAsync()
        {
            _directory.Write("users", "ada:{PLAIN}geheim\n");
            Upstream.Default = x => x.RespondAsync(200, "ok", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true", "Vary: Accept-Encoding");
            Upstream.On("/kept/304", x => x.SendAsync("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"));
            Upstream.On("/broken", x => x.RespondAsync(500, "broken", "Access-Control-Allow-Origin: *"));
            await base.InitializeAsync();

            // Takes what the limit has for today.
            Assert.Equal(200, (await GetAsync("/limited")).Status);
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            _directory.Dispose();
        }
    }

    public static TheoryData<string, string, string?, string?, int, string> Cases => new()
    {
        { "GET", "/", App, null, 200, $"{Allowed}, Accept-Encoding" },
        { "GET", "/", "https://APP.example.com:443", null, 200, "https://APP.example.com:443|true|||X-Total||Origin, Accept-Encoding" },
        { "PUT", "/", Below, null, 200, $"{Below}|true|||X-Total||Origin, Accept-Encoding" },
        { "GET", "/", Matched, null, 200, $"{Matched}|true|||X-Total||Origin, Accept-Encoding" },
        { "GET", "/", "https://pr-42.example.net.evil.test", null, 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/", "https://example.org", null, 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/", "http://app.example.com", null, 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/", "null", null, 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/", null, null, 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/kept", App, null, 200, $"{Allowed}, Accept-Encoding" },
        { "GET", "/kept/304", App, null, 304, Allowed },
        { "GET", "/kept/304", null, null, 304, Refused },
        { "GET", "/text", App, null, 200, Allowed },
        { "GET", "/moved", App, null, 301, Allowed },
        { "GET", "/broken", App, null, 500, Allowed },
        { "GET", "/denied", App, null, 403, Allowed },
        { "GET", "/denied", "https://evil.test", null, 403, Refused },
        { "GET", "/private", App, null, 401, Allowed },
        { "GET", "/limited", App, null, 503, Allowed },
        { "PUT", "/large", App, null, 413, Allowed },
        { "GET", "/dead", App, null, 502, Allowed },
        { "GET", "/dead", "https://evil.test", null, 502, Refused },
        { "OPTIONS", "/", App, "PUT", 204, $"{App}|true|GET, PUT, DELETE|Authorization, X-Custom||600|Origin" },
        { "OPTIONS", "/", Below, "PUT", 204, $"{Below}|true|GET, PUT, DELETE|Authorization, X-Custom||600|Origin" },
        { "OPTIONS", "/", "https://evil.test", "PUT", 204, Refused },
        { "OPTIONS", "/denied", App, "GET", 204, $"{App}|true|GET, PUT, DELETE|Authorization, X-Custom||600|Origin" },
        { "OPTIONS", "/private", App, "GET", 204, $"{App}|true|GET, PUT, DELETE|Authorization, X-Custom||600|Origin" },
        { "OPTIONS", "/limited", App, "GET", 204, $"{App}|true|GET, PUT, DELETE|Authorization, X-Custom||600|Origin" },
        { "OPTIONS", "/", App, null, 200, $"{Allowed}, Accept-Encoding" },
        { "OPTIONS", "/", null, "PUT", 200, $"{Refused}, Accept-Encoding" },
        { "GET", "/public", App, null, 200, "*||||||Accept-Encoding" },
        { "GET", "/public", "null", null, 200, "*||||||Accept-Encoding" },
        { "OPTIONS", "/public", App, "GET", 204, "*||GET, HEAD, POST|*|||" },
        { "GET", "/sandbox", "null", null, 200, "null||||||Origin, Accept-Encoding" },
        { "GET", "/sandbox", App, null, 200, $"{Refused}, Accept-Encoding" },
        { "OPTIONS", "/sandbox", "null", "GET", 204, "null||GET, HEAD, POST||||Origin" },
        { "GET", "/own", App, null, 200, "*|true|||||Accept-Encoding" },
        { "OPTIONS", "/own", App, "PUT", 200, "*|true|||||Accept-Encoding" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fields_are_those_of_the_protocol(string method, string target, string? origin, string? asked, int status, string fields)
    {
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{fixture.Port}{target}") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            if (method == "PUT")
            {
                request.Content = new StringContent("body");
            }

            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            if (asked is not null)
            {
                request.Headers.Add("Access-Control-Request-Method", asked);
            }

            using var response = await Client.SendAsync(request);

            Assert.Equal((version, status), (response.Version, (int)response.StatusCode));
            Assert.Equal(fields, string.Join('|', Names.Select(name => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values.OrderDescending()) : "")));
        }
    }

    [Fact]
    public async Task Preflights_do_not_reach_the_server()
    {
        Assert.Equal(204, (await fixture.SendOnceAsync($"OPTIONS /preflight HTTP/1.1\r\nHost: a\r\nOrigin: {App}\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n", "OPTIONS")).Status);
        Assert.Equal(200, (await fixture.GetAsync("/preflight", $"Origin: {App}")).Status);

        Assert.Equal("GET", Assert.Single(fixture.Upstream.RequestsFor("/preflight")).Method);
    }
}
