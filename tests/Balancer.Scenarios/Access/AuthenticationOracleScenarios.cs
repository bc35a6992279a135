using System.Diagnostics;
using System.Text;
using Balancer.Harness;

namespace Balancer.Access;

/// <summary>Who is let in by password, by another server's word, and by method, is whom nginx lets in with the same file.</summary>
public sealed class AuthenticationOracleScenarios(AuthenticationOracleScenarios.Fixture fixture) : IClassFixture<AuthenticationOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        private readonly TempDirectory _directory = new();

        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            auth_basic_user_file = "{{_directory.Path}}/users"

            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"

              [[server.location]]
              path = "/basic"
              proxy_pass = "http://pool"
              auth_basic = "staff"

              [[server.location]]
              path = "/any"
              proxy_pass = "http://pool"
              auth_basic = "staff"
              satisfy = "any"
              deny = "all"

              [[server.location]]
              path = "/both"
              proxy_pass = "http://pool"
              auth_basic = "staff"
              auth_request = "/check"

              [[server.location]]
              path = "/either"
              proxy_pass = "http://pool"
              auth_basic = "staff"
              auth_request = "/check"
              satisfy = "any"

              [[server.location]]
              path = "/asked"
              proxy_pass = "http://pool"
              auth_request = "/check"
              auth_request_set = ["$who $upstream_http_x_user"]
              proxy_set_header = { X-Who = "$who" }

              [[server.location]]
              path = "/delayed/basic"
              proxy_pass = "http://pool"
              auth_basic = "staff"
              auth_delay = "300ms"

              [[server.location]]
              path = "/delayed/asked"
              proxy_pass = "http://pool"
              auth_request = "/check"
              auth_delay = "300ms"

              [[server.location]]
              path = "/denied"
              proxy_pass = "http://pool"
              deny = "all"
              auth_request = "/check"

              [[server.location]]
              path = "= /check"
              proxy_pass = "http://pool"
              proxy_set_header = { X-Original = "$request_method $request_uri", Content-Type = "" }
              deny = "all"
            """;

        public override async Task InitializeAsync()
        {
            // The answer asked for, and what came there.
            Upstream.On("/check", x => x.RespondAsync(int.Parse(x.Request["X-Answer"] ?? "200"), "hidden", $"X-User: {x.Request["X-Original"]}, {x.Request.RequestLine}, {x.Request["Content-Length"]}", "WWW-Authenticate: Bearer"));
            Upstream.Default = x => x.RespondAsync(200, $"{x.Request.RequestLine} {x.Request["X-Who"]} {x.Request["Content-Length"]}");
            _directory.Write("users", "ada:$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0\nsha:{SHA}kGByAB793z4R5tK1eC9Hd/4Dhzk=\nssha:{SSHA}D9L1GVdFh4eHgHXQeB8pTEgIELxzYWx0\nplain:{PLAIN}geheim\ncrypt:$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/\nbcrypt:$2y$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.\n");
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
            _directory.Dispose();
        }
    }

    public static TheoryData<string, string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var credentials in (string[])["", "ada:geheim", "ada:wrong", "sha:geheim", "sha:x", "ssha:geheim", "plain:geheim", "plain:geheim2", "crypt:geheim", "crypt:x", "bcrypt:geheim", "bcrypt:x", "eve:geheim", ":geheim", "ada", "ada:", "ADA:geheim"])
            {
                data.Add("GET", "/basic", credentials, "");
            }

            foreach (var credentials in (string[])["", "ada:geheim", "ada:wrong"])
            {
                data.Add("GET", "/any", credentials, "");
                foreach (var answer in (string[])["200", "204", "401", "403", "302", "404", "500"])
                {
                    data.Add("GET", "/both", credentials, answer);
                    data.Add("GET", "/either", credentials, answer);
                }
            }

            foreach (var (method, target) in ((string, string)[])[("GET", "/asked"), ("PUT", "/asked?a=b"), ("HEAD", "/asked/x%20y"), ("DELETE", "/asked"), ("GET", "/denied")])
            {
                data.Add(method, target, "", "200");
                data.Add(method, target, "", "403");
            }

            return data;
        }
    }

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Cases))]
    public async Task Whoever_nginx_lets_in_is_let_in(string method, string target, string credentials, string answer)
    {
        var expected = await SendAsync(fixture.NginxPort, method, target, credentials, answer);
        var actual = await SendAsync(fixture.Port, method, target, credentials, answer);

        Assert.Equal(expected, actual);
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/delayed/basic", "", "")]
    [InlineData("/delayed/basic", "plain:wrong", "")]
    [InlineData("/delayed/asked", "", "401")]
    public async Task Whom_nginx_has_wait_for_401_waits(string target, string credentials, string answer)
    {
        var took = await Task.WhenAll(new[] { fixture.NginxPort, fixture.Port }.Select(async port =>
        {
            var start = Stopwatch.GetTimestamp();
            Assert.Equal(401, (await SendAsync(port, "GET", target, credentials, answer)).Status);
            return Stopwatch.GetElapsedTime(start);
        }));

        Assert.All(took, time => Assert.True(time >= TimeSpan.FromMilliseconds(299), $"{time}"));
    }

    private static async Task<(int Status, string Challenge, string Body)> SendAsync(int port, string method, string target, string credentials, string answer)
    {
        var request = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: auth.example\r\nConnection: close\r\n");
        if (credentials.Length > 0)
        {
            request.Append($"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials))}\r\n");
        }

        if (answer.Length > 0)
        {
            request.Append($"X-Answer: {answer}\r\n");
        }

        request.Append("\r\n");
        var response = await RawClient.SendOnceAsync(port, request.ToString(), method);
        return (response.Status, response.Status == 401 ? string.Join(", ", response.Values("WWW-Authenticate").Order()) : "", response.Status == 200 ? response.BodyText : "");
    }
}
