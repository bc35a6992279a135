using System.Globalization;
using Balancer.Harness;

namespace Balancer.Rewriting;

/// <summary><c>expires</c> sets the fields nginx sets with the same file.</summary>
public sealed class ExpiresOracleScenarios(ExpiresOracleScenarios.Fixture fixture) : IClassFixture<ExpiresOracleScenarios.Fixture>
{
    private static readonly string[] Values = ["30d", "0", "-1", "-1h", "1h30m", "epoch", "max", "off", "modified +24h", "modified -1h", "modified 10y", "@15h30m", "@0h", "$arg_e", "+5m"];

    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.app]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:PORT"
            {{string.Concat(Values.Select((value, i) => $"""

              [[server.location]]
              path = "/local/{i}/"
              expires = "{value}"
              return = "200 local"

              [[server.location]]
              path = "/moved/{i}/"
              expires = "{value}"
              return = "301 /elsewhere"

              [[server.location]]
              path = "/gone/{i}/"
              expires = "{value}"
              return = "404"

              [[server.location]]
              path = "/app/{i}/"
              expires = "{value}"
              proxy_pass = "http://app"

            """))}}
            """;

        public override async Task InitializeAsync()
        {
            Upstream.Default = async x =>
            {
                var status = int.Parse(x.Request.Path.Split('/')[^1], CultureInfo.InvariantCulture);
                await x.RespondAsync(status, status is 204 or 304 ? "" : "body", x.Request.Target.Contains("old=", StringComparison.Ordinal) ? "Expires: Thu, 01 Jan 1970 00:00:00 GMT" : "X-A: 1", "Cache-Control: private", "Cache-Control: no-store", "Last-Modified: Sat, 01 Jan 2022 00:00:00 GMT");
            };
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, Values.Length)];

    [RequiresToolTheory("nginx")]
    [MemberData(nameof(Indexes))]
    public async Task Fields_are_those_of_nginx(int index)
    {
        string[] targets = [$"/local/{index}/", $"/local/{index}/?e=1h", $"/moved/{index}/", $"/gone/{index}/", .. ((int[])[200, 201, 202, 206, 302, 404, 500]).Select(status => $"/app/{index}/{status}?old=1&e=max"), $"/app/{index}/200?e=nonsense"];
        foreach (var target in targets)
        {
            var expected = await RawClient.GetAsync(fixture.NginxPort, target);
            var actual = await RawClient.GetAsync(fixture.Port, target);

            Assert.Equal($"{target} {expected.Status} {string.Join('|', expected.Values("Cache-Control"))}", $"{target} {actual.Status} {string.Join('|', actual.Values("Cache-Control"))}".Replace(Control(actual), Near(Control(expected), Control(actual)), StringComparison.Ordinal));
            Assert.Equal(expected.Values("Expires").Length, actual.Values("Expires").Length);
            if (expected["Expires"] is { } date)
            {
                Assert.InRange((Date(actual["Expires"]!) - Date(date)).TotalSeconds, 0, 30);
            }
        }
    }

    private static string Control(RawResponse response) => response["Cache-Control"] ?? "-";

    /// <summary>A max-age that counts down to a moment may be less by what lies between the two requests.</summary>
    private static string Near(string expected, string actual) =>
        expected.StartsWith("max-age=", StringComparison.Ordinal) && actual.StartsWith("max-age=", StringComparison.Ordinal) && Math.Abs(long.Parse(expected[8..]) - long.Parse(actual[8..])) <= 30 ? expected : actual;

    private static DateTimeOffset Date(string text) => DateTimeOffset.ParseExact(text, "R", CultureInfo.InvariantCulture);
}
