using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary>What upstream servers say of themselves is changed as nginx changes it with the same file.</summary>
public sealed partial class ResponseOracleScenarios(ResponseOracleScenarios.Fixture fixture) : IClassFixture<ResponseOracleScenarios.Fixture>
{
    private static readonly string[] Locations =
    [
        "http://app/", "http://app/x?y=z", "http://app", "http://app/swapped/a", "http://other/a", "/relative", "https://app/x", "HTTP://APP/x", "http://old.example:8080/a/b", "http://tenant.example/x/y", "",
    ];

    private static readonly string[] Cookies =
    [
        "a=b", "a=b; Path=/app/; Domain=app.internal", "a=b;path=/app/x;DOMAIN=.APP.internal;Secure; HttpOnly", "a=b; Domain=x.tenant.example; Path=/", "a=b; Path=/application", "Path=/app/; Domain=app.internal", "a=b; Path = /app/; Max-Age=5",
        "one=1", "One=2; Path=/; Secure", "two=2; SECURE; HttpOnly; samesite=Lax; Path=/", "noeq; Secure; Path=/app/", "one=3; SameSite=strict;secure ; x=y;", "one = 4;  Path = /app/a ", "Tx=; HTTPONLY",
        "one=5; SameSite=Lax; SameSite=None; SameSite", "one=6;SameSite;Secure;secure=x;HttpOnly=", "two=7; SameSite=None; SameSite=Lax; Secure; Secure", "one=8; Domain=app.internal; Path=/app/x; Secure",
    ];

    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"

              [[server.location]]
              path = "/plain/"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/swap/"
              proxy_pass = "http://app/swapped/"

              [[server.location]]
              path = "/off/"
              proxy_redirect = "off"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/several/"
              proxy_pass = "http://app"
              proxy_redirect = ["default", "http://old.example:8080/ /old/", '~^http://([a-z]+)\.example/(.*)$ https://$host/$1/$2']
              proxy_cookie_domain = ["app.internal gateway.example", '~\.(tenant)\.example$ $1.$host']
              proxy_cookie_path = ["/app/ /", '~*^/APPLI(.*)$ /x$1']

              [[server.location]]
              path = "/flags/"
              proxy_pass = "http://app"
              proxy_cookie_flags = ["one secure samesite=strict", "~^T[x] httponly samesite=none", "~^t nosecure nohttponly nosamesite"]

              [[server.location]]
              path = "/all/"
              proxy_pass = "http://app"
              proxy_cookie_flags = "~ HttpOnly SECURE SameSite=Lax"

              [[server.location]]
              path = "/variables/"
              proxy_pass = "http://app"
              proxy_cookie_flags = ['$arg_name $arg_flag http$arg_only', '~^(?<letters>[a-z]) samesite=$arg_site']

              [[server.location]]
              path = "/together/"
              proxy_pass = "http://app"
              proxy_cookie_flags = "one nosecure httponly"
              proxy_cookie_domain = "app.internal gateway.example"
              proxy_cookie_path = "/app/ /"
            """;

        public override async Task InitializeAsync()
        {
            Upstream.Default = x =>
            {
                var query = x.Request.Target[(x.Request.Target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')[0].Split('.');
                return x.RespondAsync(302, "moved", $"Location: {Locations[int.Parse(query[0])]}", $"Refresh: 5; url={Locations[int.Parse(query[0])]}", $"Set-Cookie: {Cookies[int.Parse(query[1])]}");
            };
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/plain/")]
    [InlineData("/swap/")]
    [InlineData("/off/")]
    [InlineData("/several/")]
    [InlineData("/flags/")]
    [InlineData("/all/")]
    [InlineData("/variables/")]
    [InlineData("/variables/", "&name=one&flag=secure&only=only")]
    [InlineData("/variables/", "&name=one&flag=nonsense&site=lax")]
    [InlineData("/variables/", "&site=strict")]
    [InlineData("/together/")]
    public async Task Fields_are_those_of_nginx(string path, string arguments = "")
    {
        for (var i = 0; i < Math.Max(Locations.Length, Cookies.Length); i++)
        {
            var target = $"{path}?{i % Locations.Length}.{i % Cookies.Length}{arguments}";
            Assert.Equal(Show(target, await RawClient.GetAsync(fixture.NginxPort, target)), Show(target, await RawClient.GetAsync(fixture.Port, target)));
        }
    }

    private static string Show(string target, RawResponse response) =>
        $"{target} {response.Status} {Port().Replace(response["Location"] ?? "-", ":PORT")} | {response["Refresh"]} | {response["Set-Cookie"]}";

    [GeneratedRegex(@"(?<=^http://localhost):\d+")]
    private static partial Regex Port();
}
