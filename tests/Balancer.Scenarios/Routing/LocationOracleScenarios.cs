using Balancer.Harness;

namespace Balancer.Routing;

/// <summary>Locations and server names choose what nginx chooses with the same file.</summary>
public sealed class LocationOracleScenarios(LocationOracleScenarios.Fixture fixture) : IClassFixture<LocationOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        protected override string Toml => """
            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ["locations.example"]

              [[server.location]]
              path = "/"
              return = "200 root"

              [[server.location]]
              path = "= /"
              return = "200 exact-root"

              [[server.location]]
              path = "/a"
              return = "200 prefix-a"

              [[server.location]]
              path = "/a/"
              return = "200 prefix-a-slash"

              [[server.location]]
              path = "/a/b/c"
              return = "200 prefix-abc"

              [[server.location]]
              path = "^~ /static/"
              return = "200 static"

              [[server.location]]
              path = "/static/deep/"
              return = "200 static-deep"

              [[server.location]]
              path = "= /a/exact"
              return = "200 exact"

              [[server.location]]
              path = '~ \.php$'
              return = "200 php"

              [[server.location]]
              path = '~* \.(jpg|png)$'
              return = "200 image"

              [[server.location]]
              path = '~ ^/user/(\d+)/(?<rest>.*)$'
              return = "200 user-$1-$rest"

              [[server.location]]
              path = '~* ^/USER/'
              return = "200 user-i"

            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ["exact.example", "*.wild.example", "www.tail.*", ".dot.example"]
            return = "200 names-1"

            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ["deep.wild.example", "*.deep.wild.example", '~^re-(?<id>\d+)\.example$', "*.example"]
            return = "200 names-2"

            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ['~^re-.*\.example$', "mail.*"]
            return = "200 names-3"

            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ['~^(?<tenant>[^.]+)\.(?<zone>[^.]+)\.captures\.example$']

              [[server.location]]
              path = "/"
              return = "200 $1-$2-$tenant-$zone-$page"

              [[server.location]]
              path = '~ ^/doc/(?<page>\w+)$'
              return = "200 $1-$2-$tenant-$zone-$page"

              [[server.location]]
              path = '~ ^/number/(\d+)$'
              return = "200 $1-$2-$tenant-$zone-$page"

              [[server.location]]
              path = '~ ^/nothing$'
              return = "200 $1-$2-$tenant-$zone-$page"

            [[server]]
            listen = "127.0.0.1:PORT default_server"
            server_name = ["_"]
            return = "200 default"
            """;
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/")]
    [InlineData("/?q")]
    [InlineData("/index")]
    [InlineData("/a")]
    [InlineData("/a/")]
    [InlineData("/ab")]
    [InlineData("/a/b/c")]
    [InlineData("/a/b/cd")]
    [InlineData("/a/b")]
    [InlineData("/A/b")]
    [InlineData("/a/exact")]
    [InlineData("/a/exact/")]
    [InlineData("/a/x.php")]
    [InlineData("/a/x.PHP")]
    [InlineData("/a/x.JPG")]
    [InlineData("/a/x.php?y=z.png")]
    [InlineData("/static/x.php")]
    [InlineData("/static/deep/x.php")]
    [InlineData("/static/deep/x.txt")]
    [InlineData("/static")]
    [InlineData("/user/12/rest/of")]
    [InlineData("/user/x/rest")]
    [InlineData("/User/12/rest")]
    [InlineData("/user/12/a.php")]
    [InlineData("//a//b///c")]
    [InlineData("/x/../a/")]
    [InlineData("/x/./a/")]
    [InlineData("/a/b/../exact")]
    [InlineData("/%61/%62/%63")]
    [InlineData("/a%2Fexact")]
    [InlineData("/a/%2e%2e/static/x.php")]
    [InlineData("/..")]
    [InlineData("/a/../..")]
    [InlineData("/a/%")]
    [InlineData("/a/%4")]
    [InlineData("/a/%zz")]
    [InlineData("/a/%00")]
    [InlineData("/a/x%2Ephp")]
    [InlineData("/a/x.php%0a")]
    [InlineData("/a/.../b")]
    [InlineData("/a/..b")]
    [InlineData("/a/b/.")]
    [InlineData("/a/b/..")]
    [InlineData("/user/%31%32/caf%C3%A9")]
    public Task Location_is_the_one_nginx_chooses(string target) => AssertSameAsync($"GET {target} HTTP/1.1\r\nHost: locations.example\r\nConnection: close\r\n\r\n");

    [RequiresToolTheory("nginx")]
    [InlineData("locations.example")]
    [InlineData("LOCATIONS.Example")]
    [InlineData("locations.example:8080")]
    [InlineData("locations.example.")]
    [InlineData("exact.example")]
    [InlineData("x.exact.example")]
    [InlineData("a.wild.example")]
    [InlineData("a.b.wild.example")]
    [InlineData("wild.example")]
    [InlineData("deep.wild.example")]
    [InlineData("x.deep.wild.example")]
    [InlineData("www.tail.org")]
    [InlineData("www.tail.co.uk")]
    [InlineData("www.tail")]
    [InlineData("dot.example")]
    [InlineData("x.dot.example")]
    [InlineData("re-12.example")]
    [InlineData("re-ab.example")]
    [InlineData("mail.anything")]
    [InlineData("mail.example")]
    [InlineData("unknown")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:80")]
    public Task Virtual_server_is_the_one_nginx_chooses(string host) => AssertSameAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

    [RequiresToolTheory("nginx")]
    [InlineData("/")]
    [InlineData("/doc/intro")]
    [InlineData("/number/12")]
    [InlineData("/nothing")]
    public Task Captures_are_the_ones_of_nginx(string target) => AssertSameAsync($"GET {target} HTTP/1.1\r\nHost: acme.eu.captures.example\r\nConnection: close\r\n\r\n");

    private async Task AssertSameAsync(string request)
    {
        var expected = await RawClient.SendOnceAsync(fixture.NginxPort, request);
        var actual = await RawClient.SendOnceAsync(fixture.Port, request);
        Assert.Equal((expected.Status, expected.Status == 200 ? expected.BodyText : ""), (actual.Status, actual.Status == 200 ? actual.BodyText : ""));
    }
}
