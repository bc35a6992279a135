using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary><c>rewrite</c>, <c>set</c> and <c>break</c> do with a request what nginx does with the same file.</summary>
public sealed partial class RewriteOracleScenarios(RewriteOracleScenarios.Fixture fixture) : IClassFixture<RewriteOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"
            set = { level = "server", first = "$arg_a" }
            rewrite = ['^/server/(.*)$ /show/$1', '^/twice/(.*)$ /server/$1', '^/stop/(.*)$ /twice/$1 last', '^/stop/(.*)$ /never', '^/gone/(.*)$ /elsewhere/$1 permanent', '^/beside/(.*)$ /strip/$1 break']
            add_header = { X-Uri = "$uri", X-Args = "$args", X-Vars = "$level $first $inner", X-Request-Uri = "$request_uri" }

              [[server.location]]
              path = "/show/"
              return = "200 $uri?$args $level $first"

              [[server.location]]
              path = "/twice/"
              return = "200 twice $uri"

              [[server.location]]
              path = "/plain/"
              rewrite = ['^/plain/(.*)$ /$1 break']
              proxy_pass = "http://app"

              [[server.location]]
              path = "/strip/"
              proxy_pass = "http://app/stripped/"

              [[server.location]]
              path = "/uri/"
              rewrite = ['^/uri/keep/(.*)$ /kept/$1 break']
              proxy_pass = "http://app/replaced/"

              [[server.location]]
              path = "/moved/"
              set = { inner = "$uri" }
              rewrite = ['^/moved/(.*)$ /strip/$1 last']
              proxy_pass = "http://app"

              [[server.location]]
              path = "/noflag/"
              rewrite = ['^/noflag/a/(.*)$ /noflag/b/$1', '^/noflag/b/(.*)$ /show/b/$1']
              return = "200 not moved $uri"

              [[server.location]]
              path = "/stay/"
              rewrite = ['^/stay/(.*)$ /show/$1']
              break = true
              proxy_pass = "http://app"

              [[server.location]]
              path = "/query/"
              rewrite = ['^/query/a/(.*)$ /show/a?path=$1 last', '^/query/b/(.*)$ /show/b?path=$1? last', '^/query/c/(.*)$ /show/c? last', '^/query/d/(.*)$ /show/d/$1?x=$arg_a&y=$uri last']
              return = "404"

              [[server.location]]
              path = "/redirect/"
              rewrite = ['^/redirect/a/(.*)$ /to/$1 redirect', '^/redirect/b/(.*)$ http://other.example/$1', '^/redirect/c/(.*)$ http://other.example/$1?x=$1 permanent', '^/redirect/d/(.*)$ https://$host/$1? redirect', '^/redirect/e/(.*)$ $scheme://x.example/$1', '^/redirect/f/(.*)$ /to?q=$1 permanent']
              return = "404"

              [[server.location]]
              path = "/cycle/"
              rewrite = ['^/cycle/(.*)$ /cycle/x$1 last']
              return = "404"

              [[server.location]]
              path = "/only/"
              rewrite = ['^/only/some/(.*)$ /show/$1 last']

              [[server.location]]
              path = "/kept-return/"
              rewrite = ['^/kept-return/stop /kept-return/stopped break']
              return = "200 returned"

              [[server.location]]
              path = '~ ^/named/(?<tenant>[a-z]+)/'
              rewrite = ['^/named/[a-z]+/(?<rest>.*)$ /$rest/$tenant/$1 break']
              proxy_pass = "http://app"

              [[server.location]]
              path = "/internal/"
              internal = true
              return = "200 inside $uri"

              [[server.location]]
              path = "/into/"
              rewrite = ['^/into/(.*)$ /internal/$1 last']

              [[server.location]]
              path = "/failing/"
              error_page = "404 /server/from-error"
              rewrite = ['^/failing/x /server/y last']
              return = "404"

              [[server.location]]
              path = "/by-name/"
              error_page = "404 = @named"
              return = "404"

              [[server.location]]
              path = "@named"
              rewrite = ['^/by-name/(.*)$ /plain/$1 last']

              [[server.location]]
              path = "/case/"
              rewrite = ['(?i)^/case/ABC$ /show/case last']
              return = "200 other"

              [[server.location]]
              path = "/variable"
              rewrite = ['^ /show/$arg_a? last']
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
            string[] tails = ["", "a", "a/b?a=1", "a%20b", "a%20b?a=%41", "caf%C3%A9", "a+b", "a+b%20c", "a%26b%3Dc%23d%3Fe%25f", "a;b=c,d:e@f!g'h(i)j*k~l", "a%22b%3Cc%3Ed%5Ce%5Ef%60g%7Bh%7Ci%7D", "a&b=c"];
            foreach (var prefix in (string[])["/server/", "/twice/", "/stop/", "/gone/", "/beside/", "/plain/", "/uri/keep/", "/uri/other/", "/moved/", "/noflag/a/", "/noflag/b/", "/noflag/c/", "/stay/", "/query/a/", "/query/b/", "/query/c/", "/query/d/", "/redirect/a/", "/redirect/b/", "/redirect/c/", "/redirect/d/", "/redirect/e/", "/redirect/f/", "/only/some/", "/named/acme/", "/into/", "/by-name/"])
            {
                foreach (var tail in tails)
                {
                    data.Add(prefix + tail);
                }
            }

            foreach (var target in (string[])["/cycle/", "/only/other", "/kept-return/go", "/kept-return/stop", "/internal/x", "/failing/", "/failing/x", "/case/abc", "/case/abcd", "/query/other", "/variable?a=x", "/variable"])
            {
                data.Add(target);
            }

            return data;
        }
    }

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Targets))]
    public async Task Request_goes_where_nginx_sends_it(string target)
    {
        Assert.Equal(Show(await RawClient.GetAsync(fixture.NginxPort, target)), Show(await RawClient.GetAsync(fixture.Port, target)));
    }

    private static string Show(RawResponse response)
    {
        var text = response.BodyText.StartsWith("<html>", StringComparison.Ordinal) ? "page" : Escape(response.BodyText);
        string[] names = ["X-Uri", "X-Args", "X-Vars", "X-Request-Uri"];
        return $"{response.Status} [{text}] {Port().Replace(response["Location"] ?? "", ":PORT")} {(response.Status < 400 ? string.Join("; ", names.Select(name => response[name])) : "")}";
    }

    /// <summary>nginx passes bytes on that no target may hold; the gateway encodes them.</summary>
    private static string Escape(string body)
    {
        if (!body.StartsWith("GET ", StringComparison.Ordinal))
        {
            return body;
        }

        var target = body["GET ".Length..^" HTTP/1.1".Length];
        return $"GET {string.Concat(target.Select(c => c is <= ' ' or >= '\x7f' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' ? $"%{(int)c:X2}" : $"{c}"))}";
    }

    [GeneratedRegex(@"(?<=^http://localhost):\d+")]
    private static partial Regex Port();
}
