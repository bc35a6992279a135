using Balancer.Harness;

namespace Balancer.Access;

/// <summary>Error pages for those whom <c>auth_request</c> or <c>auth_basic</c> keeps out are those of nginx with the same file, challenges included.</summary>
public sealed class AuthErrorPageOracleScenarios(AuthErrorPageOracleScenarios.Fixture fixture) : IClassFixture<AuthErrorPageOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        private readonly TempDirectory _directory = new();

        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            default_type = "text/plain"
            auth_basic_user_file = "{{_directory.Path}}/users"

            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"
            error_page = ["401 = @login", "403 @denied", "500 /broken"]

              [[server.location]]
              path = "/named"
              proxy_pass = "http://pool"
              auth_request = "/check"
              auth_request_set = ["$who $upstream_http_x_user"]

              [[server.location]]
              path = "/basic"
              proxy_pass = "http://pool"
              auth_basic = "staff"

              [[server.location]]
              path = "/both"
              proxy_pass = "http://pool"
              auth_basic = "staff"
              auth_request = "/check"
              satisfy = "any"

              [[server.location]]
              path = "/kept"
              proxy_pass = "http://pool"
              auth_request = "/check"
              error_page = ["401 @login", "403 = @sso"]

              [[server.location]]
              path = "/page"
              proxy_pass = "http://pool"
              auth_request = "/check"
              error_page = ["401 /login.html", "403 =404 /login.html"]

              [[server.location]]
              path = "/away"
              proxy_pass = "http://pool"
              auth_request = "/check"
              error_page = ["401 https://sso.example/?to=$request_uri", "403 =303 https://sso.example/denied"]

              [[server.location]]
              path = "/sso"
              proxy_pass = "http://pool"
              auth_request = "/check"
              error_page = ["401 = @sso", "403 =403 @sso"]

              [[server.location]]
              path = "/bare"
              proxy_pass = "http://pool"
              auth_request = "/check"
              error_page = "418 /broken"

              [[server.location]]
              path = "= /check"
              internal = true
              proxy_pass = "http://pool"
              proxy_set_header = { X-Original = "$request_uri", Content-Type = "" }

              [[server.location]]
              path = "@login"
              proxy_pass = "http://pool"
              proxy_set_header = { X-Login = "for $uri by $who", Content-Type = "" }

              [[server.location]]
              path = "@denied"
              return = "200 denied $request_uri to $who"

              [[server.location]]
              path = "@sso"
              return = "302 https://sso.example$request_uri"

              [[server.location]]
              path = "/login.html"
              internal = true
              proxy_pass = "http://pool"
              proxy_set_header = { X-Login = "page for $request_uri", Content-Type = "" }

              [[server.location]]
              path = "/broken"
              return = "200 broken $status"
            """;

        /// <summary>nginx asks with the length of a body that it does not send.</summary>
        protected override string NginxToml => Toml.Replace("X-Original = ", "Content-Length = \"\", X-Original = ", StringComparison.Ordinal);

        public override async Task InitializeAsync()
        {
            Upstream.On("/check", x => x.RespondAsync(int.Parse(x.Request["X-Answer"] ?? "200"), "hidden", "X-User: ada", "WWW-Authenticate: Bearer"));
            Upstream.Default = x => x.Request["X-Challenge"] is { } challenge && x.Request["X-Login"] is not null
                ? x.RespondAsync(401, $"again {x.Request.RequestLine}", $"WWW-Authenticate: {challenge}")
                : x.RespondAsync(200, $"{x.Request.RequestLine} {x.Request["X-Login"]} {x.Request["Content-Length"]}");
            _directory.Write("users", "plain:{PLAIN}geheim\n");
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
            _directory.Dispose();
        }
    }

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var answer in (string[])["200", "401", "403", "404", "302"])
            {
                foreach (var target in (string[])["/named", "/kept?a=b", "/page/x", "/away/x?y=z", "/sso", "/bare", "/both"])
                {
                    data.Add("GET", target, $"X-Answer: {answer}");
                }

                data.Add("POST", "/named/x?c=d", $"X-Answer: {answer}");
                data.Add("HEAD", "/page", $"X-Answer: {answer}");
            }

            data.Add("GET", "/basic", "X-None: 1");
            data.Add("GET", "/basic", "Authorization: Basic cGxhaW46Z2VoZWlt");
            data.Add("GET", "/basic", "Authorization: Basic cGxhaW46d3Jvbmc=");
            foreach (var target in (string[])["/basic", "/named", "/kept", "/page"])
            {
                data.Add("GET", target, "X-Answer: 401\r\nX-Challenge: Digest realm=\"own\"");
            }

            return data;
        }
    }

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Cases))]
    public async Task Whoever_is_kept_out_gets_the_page_of_nginx(string method, string target, string fields)
    {
        var request = $"{method} {target} HTTP/1.1\r\nHost: auth.example\r\nConnection: close\r\n{fields}\r\n{(method == "POST" ? "Content-Length: 4\r\n\r\nbody" : "\r\n")}";
        var expected = await SendAsync(fixture.NginxPort, request, method);
        var actual = await SendAsync(fixture.Port, request, method);

        Assert.Equal(expected, actual);
    }

    private static async Task<(int Status, string Challenges, string? Location, string Body)> SendAsync(int port, string request, string method)
    {
        var response = await RawClient.SendOnceAsync(port, request, method);

        // The pages of a status are nginx's and ours. A 500 is no question of credentials: ours comes without a challenge, nginx's has that of auth_basic.
        return (response.Status, response.Status == 500 ? "" : string.Join(", ", response.Values("WWW-Authenticate").Order()), response["Location"], response.BodyText.Contains("<html>", StringComparison.OrdinalIgnoreCase) ? "" : response.BodyText);
    }
}
