using Balancer.Harness;

namespace Balancer.Routing;

/// <summary>The target an upstream server gets is the one nginx would send with the same file.</summary>
public sealed class ProxyPassOracleScenarios(ProxyPassOracleScenarios.Fixture fixture) : IClassFixture<ProxyPassOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/strip/"
              proxy_pass = "http://pool/"

              [[server.location]]
              path = "/swap/"
              proxy_pass = "http://pool/other/"

              [[server.location]]
              path = "/glue"
              proxy_pass = "http://pool/x"

              [[server.location]]
              path = "= /exact"
              proxy_pass = "http://pool/target?fixed=1"

              [[server.location]]
              path = "/direct/"
              proxy_pass = "http://{{Upstream.Address}}/d/"

              [[server.location]]
              path = "^~ /no-regex/"
              proxy_pass = "http://pool/n/"

              [[server.location]]
              path = '~ ^/re/(.*)$'
              proxy_pass = "http://pool"

              [[server.location]]
              path = '~ ^/var/(.*)$'
              proxy_pass = "http://pool/v/$1$is_args$args"
            """;

        public override async Task InitializeAsync()
        {
            Upstream.Default = x => x.RespondAsync(200, x.Request.RequestLine);
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    public static TheoryData<string> Targets
    {
        get
        {
            var data = new TheoryData<string>();
            string[] tails =
            [
                "", "a", "a/b/", "a?x=1&y=%20", "?x", "a//b", "a/./b", "a/../b", "%61", "%2F", "a%2Fb", "a%20b", "a%3Fb", "a%23b", "caf%C3%A9", "%25", "a%25b", "a;b=c,d", "a+b&c=d", "a'b\"c", "[a]", "{a}",
                "%7E~", "a%00", "a%zz", "a%0Ab", "a?b?c", "a?%41%2f", "..", "../x", "a%5Cb", "%3C%3E", "a:b@c", "a|b^c`d", "a%7Fb", "..%2f..",
            ];
            foreach (var prefix in (string[])["/plain/", "/strip/", "/swap/", "/glue", "/direct/", "/no-regex/", "/re/", "/var/"])
            {
                foreach (var tail in tails)
                {
                    data.Add(prefix + tail);
                }
            }

            foreach (var target in (string[])["/exact", "/exact?own=2", "/glue/", "/swap", "/%73wap/x", "//swap//x", "/x/../swap/y", "/strip", "/re"])
            {
                data.Add(target);
            }

            return data;
        }
    }

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Targets))]
    public async Task Target_is_what_nginx_sends(string target)
    {
        var expected = await SendAsync(fixture.NginxPort, target);
        var actual = await SendAsync(fixture.Port, target);
        Assert.Matches("^(GET [!-~]+ HTTP/1\\.1)?$", actual.Seen);
        Assert.Equal(Escaped(expected), Escaped(actual));
    }

    /// <summary>
    /// nginx passes a byte that RFC 3986 does not allow in a path as the client wrote it or, from a capture, as it was decoded: even a space, which splits the request line.
    /// The gateway writes such bytes in percent encoding.
    /// </summary>
    private static (int Status, string Seen) Escaped((int Status, string Seen) answer)
    {
        if (answer.Seen.Length == 0)
        {
            return answer;
        }

        var target = answer.Seen["GET ".Length..^" HTTP/1.1".Length];
        return (answer.Status, $"GET {string.Concat(target.Select(c => c is <= ' ' or >= '\x7f' or '"' or '#' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' ? $"%{(int)c:X2}" : $"{c}"))} HTTP/1.1");
    }

    private static async Task<(int Status, string Seen)> SendAsync(int port, string target)
    {
        var response = await RawClient.GetAsync(port, target);
        return (response.Status, response.Status == 200 ? response.BodyText : "");
    }
}
