using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary>Error pages, named and internal locations do what nginx does with the same file.</summary>
public sealed class ErrorPageOracleScenarios(ErrorPageOracleScenarios.Fixture fixture) : IClassFixture<ErrorPageOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            default_type = "text/plain"

            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [upstream.dead]
            server = ["127.0.0.1:1"]

            [[server]]
            listen = "127.0.0.1:PORT"
            add_header = { X-Uri = "$uri", X-Args = "$args", X-Method = "$request_method" }
            error_page = ["404 /404.html?from=$uri", "400 /400", "401 402 403 =200 /ok", "500 = /inner", "502 = @fallback", "503 /busy", "410 http://gone.example/$arg_x", "411 =301 https://moved.example/", "409 @named"]

              [[server.location]]
              path = "/404.html"
              internal = true
              return = "200 not found $request_uri $uri $args $status"

              [[server.location]]
              path = "/400"
              internal = true
              return = "200 bad: $status"

              [[server.location]]
              path = "/ok"
              return = "204"

              [[server.location]]
              path = "/inner"
              return = "418 inner $status"

              [[server.location]]
              path = "/busy"
              return = "503"

              [[server.location]]
              path = "@fallback"
              proxy_pass = "http://app"

              [[server.location]]
              path = "@named"
              return = "200 named $request_method $uri $status"

              [[server.location]]
              path = "/code/404"
              return = "404"

              [[server.location]]
              path = "/code/403"
              return = "403"

              [[server.location]]
              path = "/code/500"
              return = "500"

              [[server.location]]
              path = "/code/500-text"
              return = "500 own text"

              [[server.location]]
              path = "/code/503"
              return = "503"

              [[server.location]]
              path = "/code/410"
              return = "410"

              [[server.location]]
              path = "/code/411"
              return = "411"

              [[server.location]]
              path = "/code/409"
              return = "409"

              [[server.location]]
              path = "/dead/"
              proxy_pass = "http://dead"

              [[server.location]]
              path = "/through/"
              proxy_pass = "http://app"

              [[server.location]]
              path = "/intercept/"
              proxy_pass = "http://app"
              proxy_intercept_errors = true
              error_page = ["404 502 /404.html", "401 /401", "418 = @proxied", "304 /404.html", "302 =200 /404.html", "500 /500"]

              [[server.location]]
              path = "/401"
              internal = true
              return = "200 log in"

              [[server.location]]
              path = "/500"
              internal = true
              proxy_pass = "http://app/empty"

              [[server.location]]
              path = "@proxied"
              proxy_pass = "http://app"
              proxy_intercept_errors = true

              [[server.location]]
              path = "/cycle/"
              recursive_error_pages = true
              error_page = ["404 /cycle/$arg_n", "500 /404.html"]
              return = "404"

              [[server.location]]
              path = "/recursive"
              recursive_error_pages = true
              error_page = "404 /second"
              return = "404"

              [[server.location]]
              path = "/second"
              error_page = "403 /404.html"
              return = "403"

              [[server.location]]
              path = "/small/"
              client_max_body_size = 4
              error_page = ["413 /413", "501 =500 @named"]
              proxy_pass = "http://app"

              [[server.location]]
              path = "/413"
              return = "200 too large $status"

              [[server.location]]
              path = "/none/"
              error_page = "404 =200 /missing-target"
              return = "404"
            """;

        public override async Task InitializeAsync()
        {
            Upstream.Default = async x =>
            {
                var body = await x.ReadBodyAsync();
                var status = int.TryParse(x.Request.Path.Split('/')[^1], out var code) ? code : 200;
                if (x.Request.Path == "/empty")
                {
                    await x.SendAsync("HTTP/1.1 304 Not Modified\r\n\r\n");
                }
                else if (status == 304)
                {
                    await x.SendAsync("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n");
                }
                else
                {
                    await x.RespondAsync(status, $"{x.Request.RequestLine} {body.Length}", status == 401 ? "WWW-Authenticate: Basic realm=\"a\"" : "X-App: yes", status == 302 ? "Location: http://else.example/" : "X-Also: yes");
                }
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
    [InlineData("/code/404")]
    [InlineData("/code/404?a=b")]
    [InlineData("/code/403")]
    [InlineData("/code/500")]
    [InlineData("/code/500-text")]
    [InlineData("/code/503")]
    [InlineData("/code/410?x=y")]
    [InlineData("/code/411")]
    [InlineData("/code/409")]
    [InlineData("/404.html")]
    [InlineData("/dead/x?y=z")]
    [InlineData("/through/404")]
    [InlineData("/through/500")]
    [InlineData("/intercept/200")]
    [InlineData("/intercept/404?q")]
    [InlineData("/intercept/401")]
    [InlineData("/intercept/418")]
    [InlineData("/intercept/302")]
    [InlineData("/intercept/304")]
    [InlineData("/intercept/500")]
    [InlineData("/intercept/503")]
    [InlineData("/cycle/x?n=y")]
    [InlineData("/recursive")]
    [InlineData("/second")]
    [InlineData("/none/")]
    public async Task Answer_is_that_of_nginx(string target)
    {
        foreach (var method in (string[])["GET", "HEAD", "POST", "PUT"])
        {
            var body = method is "POST" or "PUT" ? "Content-Length: 3\r\n\r\nabc" : "\r\n";
            var request = $"{method} {target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n{body}";
            Assert.Equal(Show(method, target, await RawClient.SendOnceAsync(fixture.NginxPort, request, method)), Show(method, target, await RawClient.SendOnceAsync(fixture.Port, request, method)));
        }
    }

    [RequiresToolTheory("nginx")]
    [InlineData("POST /small/x HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n12345678")]
    [InlineData("GET /missing%20page HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nContent-Length: x\r\n\r\n")]
    [InlineData("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /small/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n")]
    public async Task Refused_request_gets_the_error_page_of_nginx(string request)
    {
        Assert.Equal(Show("", "", await RawClient.SendOnceAsync(fixture.NginxPort, request)), Show("", "", await RawClient.SendOnceAsync(fixture.Port, request)));
    }

    /// <summary>What must agree; of pages of a status itself, only that they are such.</summary>
    private static string Show(string method, string target, RawResponse response)
    {
        string[] names = ["Location", "WWW-Authenticate", "X-Uri", "X-Args", "X-Method", "X-App"];
        var fields = names.SelectMany(name => response.Values(name).Select(value => $"{name}: {value}"));
        var text = response.BodyText.StartsWith("<html>", StringComparison.Ordinal) ? "page" : response.BodyText;
        return $"{method} {target}: {response.Status} [{text.Replace("HTTP/1.0", "HTTP/1.1", StringComparison.Ordinal)}] {string.Join("; ", fields)}";
    }
}
