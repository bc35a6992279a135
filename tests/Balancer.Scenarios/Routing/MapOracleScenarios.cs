using Balancer.Harness;

namespace Balancer.Routing;

/// <summary>Variables that the configuration defines have the values nginx gives them with the same file.</summary>
public sealed class MapOracleScenarios(MapOracleScenarios.Fixture fixture) : IClassFixture<MapOracleScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        protected override string Toml => """
            [map.text]
            source = "$http_x"
            default = "none"
            values = ["a 1", "B 2", "'' empty", '\~x tilde', '\default word', '~^/v(?<major>\d+)/(.*)$ $major:$2', '~*^UP up', '~^/v late', "*.example.com star", "vars $http_x-$request_method"]

            [map.name]
            source = "$http_x"
            hostnames = true
            values = ["example.com exact", "*.example.com below", ".dot.org dot", "mail.* mail", "*.deep.example.com deep", '~^re(\d+)\.net$ re-$1']

            [geo.place]
            address = "$http_x"
            default = "out"
            values = ["192.0.2.0/24 net", "192.0.2.77 host", "192.0.2.128/25 half", "2001:db8::/32 six", "255.255.255.255 last"]

            [geo.me]
            values = ["127.0.0.0/8 loopback"]

            [split_clients.share]
            source = "${http_x}AAA"
            values = ["20.5% a", "0.5% b", "33.33% c", "* d"]

            [map.chain]
            source = "$place/$share"
            default = "$text,$share"
            values = ["~^net/(.*) in-$1"]

            [[server]]
            listen = "127.0.0.1:PORT"
            return = "200 $text|$name|$place|$me|$share|$chain"
            """;
    }

    public static TheoryData<string> Texts =>
    [
        "", "a", "A", "b", "~x", "default", "/v12/rest/of", "/v/x", "/V1/x", "upper", "*.example.com", "vars", "example.com", "EXAMPLE.com.", "www.example.com", "a.deep.example.com", "deep.example.com", "dot.org",
        "x.dot.org", "mail.anything", "mail", "re12.net", "192.0.2.1", "192.0.2.77", "192.0.2.130", "2001:db8::1", "10.0.0.1", "1.2.3", "nonsense", "::ffff:192.0.2.1", .. Enumerable.Range(0, 20).Select(i => $"client-{i}"),
    ];

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Texts))]
    public async Task Values_are_those_of_nginx(string text)
    {
        var request = $"GET / HTTP/1.1\r\nHost: maps.example\r\nX: {text}\r\nConnection: close\r\n\r\n";
        var expected = await RawClient.SendOnceAsync(fixture.NginxPort, request);
        var actual = await RawClient.SendOnceAsync(fixture.Port, request);

        Assert.Equal(200, expected.Status);
        Assert.Equal(expected.BodyText, actual.BodyText);
    }
}
