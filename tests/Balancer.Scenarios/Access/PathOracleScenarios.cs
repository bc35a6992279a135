using Balancer.Harness;

namespace Balancer.Access;

/// <summary>Whoever tries to get past a <c>deny</c> by the way a path or host is written fares as at nginx with the same file, and the upstream server sees the same target.</summary>
public sealed class PathOracleScenarios(PathOracleScenarios.Fixture fixture) : IClassFixture<PathOracleScenarios.Fixture>
{
    /// <summary>Hosts nginx 1.22 takes and the gateway refuses (400) for their syntax.</summary>
    private static readonly string[] s_stricter = ["/ at closed.example:99999", "/ at closed.example:80:80", "/ at user@closed.example"];

    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => PathCases.Toml.Replace("UPSTREAM", Upstream.Address, StringComparison.Ordinal);

        public override async Task InitializeAsync()
        {
            Upstream.Default = x => x.RespondAsync(200, x.Request.Target);
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    [RequiresTool("nginx")]
    public async Task Nothing_gets_past_a_deny_and_the_answer_is_that_of_nginx()
    {
        var wrong = new List<string>();
        foreach (var item in PathCases.All)
        {
            var expected = await SendAsync(fixture.NginxPort, item);
            var actual = await SendAsync(fixture.Port, item);
            if (actual != (item.Status, item.Status == 200 ? item.Seen ?? item.Target : ""))
            {
                wrong.Add($"{item}: {actual}, expected {item.Status}");
            }

            if (actual != expected != s_stricter.Contains($"{item}"))
            {
                wrong.Add($"{item}: {actual}, nginx {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    private static async Task<(int Status, string Seen)> SendAsync(int port, PathCase item)
    {
        var response = await RawClient.SendOnceAsync(port, $"GET {item.Target} HTTP/1.1\r\nHost: {item.Host}\r\nConnection: close\r\n\r\n");
        return (response.Status, response.Status == 200 ? response.BodyText : "");
    }
}
