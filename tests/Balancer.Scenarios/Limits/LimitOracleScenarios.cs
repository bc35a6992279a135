using System.Diagnostics;
using Balancer.Harness;

namespace Balancer.Limits;

/// <summary>
/// The same requests at the same times are let through and refused as by nginx with the same file. The gaps between bursts are so long
/// that every key has forgotten the burst before, and rates so slow that nothing comes free within a burst.
/// </summary>
public sealed class LimitOracleScenarios(LimitOracleScenarios.Fixture fixture) : IClassFixture<LimitOracleScenarios.Fixture>
{
    /// <summary>A burst that takes longer than this may have got a request more: half of the time in which the fastest of the rates does.</summary>
    private static readonly TimeSpan LongestBurst = TimeSpan.FromMilliseconds(500);

    /// <summary>After it the slowest of the rates below one a minute has worked off the largest of its bursts: 2.8 requests at 833 thousandths a second.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(3900);

    private static readonly string[] Locations = ["none", "nodelay", "per-minute", "slow", "status", "two", "two-strict", "dry", "inherited", "wide"];

    public sealed class Fixture : OracleFixture
    {
        internal TestUpstream Upstream { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            limit_req_zone = [
              "$arg_a zone=second:1m rate=1r/s",
              "$arg_a$arg_b zone=minute:1m rate=50r/m",
              "$arg_b zone=slow:1m rate=1r/m",
            ]
            limit_conn_zone = ["$arg_a zone=conn:1m"]
            limit_req = "zone=slow"
            [upstream.u]
            server = ["{{Upstream.Address}}"]
            [[server]]
            listen = "127.0.0.1:PORT"
            {{Location("none", "limit_req = \"zone=second\"")}}
            {{Location("nodelay", "limit_req = \"zone=second burst=2 nodelay\"")}}
            {{Location("per-minute", "limit_req = \"zone=minute burst=1 nodelay\"")}}
            {{Location("slow", "limit_req = \"zone=slow burst=4 nodelay\"")}}
            {{Location("status", "limit_req = \"zone=second burst=1 nodelay\"\nlimit_req_status = 429")}}
            {{Location("two", "limit_req = [\"zone=second burst=2 nodelay\", \"zone=minute nodelay burst=1\"]")}}
            {{Location("two-strict", "limit_req = [\"zone=slow burst=1 nodelay\", \"zone=second burst=2 nodelay\"]")}}
            {{Location("dry", "limit_req = \"zone=second\"\nlimit_req_dry_run = true")}}
            {{Location("delay", "limit_req = \"zone=second burst=2 delay=1\"")}}
            {{Location("inherited", "")}}
            {{Location("wide", "limit_req = \"zone=minute burst=100 nodelay\"")}}
            {{Location("conn", "limit_req = \"zone=minute burst=100 nodelay\"\nlimit_conn = \"conn 2\"\nlimit_conn_status = 429")}}
            """;

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Upstream.DisposeAsync();
        }

        private static string Location(string name, string limits) => $$"""
            [[server.location]]
            path = "/{{name}}/"
            proxy_pass = "http://u"
            add_header = { X-Req = "$limit_req_status", X-Conn = "$limit_conn_status" }
            {{limits}}
            """;
    }

    [RequiresTool("nginx")]
    public async Task Bursts_are_let_through_and_refused_as_by_nginx()
    {
        for (var round = 0; ; round++)
        {
            var (nginx, isNginxInTime) = await RunAsync(fixture.NginxPort, round);
            var (gateway, isGatewayInTime) = await RunAsync(fixture.Port, round);
            if (isNginxInTime && isGatewayInTime)
            {
                Assert.Equal(nginx, gateway);
                Assert.Contains(gateway, line => line.Contains("REJECTED_DRY_RUN", StringComparison.Ordinal));
                Assert.Contains(gateway, line => line.Contains("503", StringComparison.Ordinal) && line.Contains("200", StringComparison.Ordinal));
                return;
            }

            Assert.True(round < 4, "no burst came within its time: the machine is too busy");
        }
    }

    [RequiresTool("nginx")]
    public async Task Requests_beyond_delay_wait_as_long_as_in_nginx()
    {
        var (nginx, nginxTime) = await DelayAsync(fixture.NginxPort);
        var (gateway, gatewayTime) = await DelayAsync(fixture.Port);

        Assert.Equal(nginx, gateway);
        Assert.Equal(["200 DELAYED", "200 PASSED", "200 PASSED", "503 REJECTED"], gateway);

        // The third is ahead by two requests, of which one need not wait.
        Assert.True(nginxTime >= TimeSpan.FromMilliseconds(990), $"nginx: {nginxTime}");
        Assert.True(gatewayTime >= TimeSpan.FromMilliseconds(990), $"gateway: {gatewayTime}");
    }

    [RequiresTool("nginx")]
    public async Task Requests_in_progress_are_counted_as_by_nginx()
    {
        Assert.Equal(await HoldAsync(fixture.NginxPort, "nginx"), await HoldAsync(fixture.Port, "gateway"));
    }

    /// <summary>Two are held by the upstream server; more are refused, those of another key are not, and one is let in when one has ended.</summary>
    private async Task<string> HoldAsync(int port, string key)
    {
        var path = $"/conn/{key}";
        var release = new SemaphoreSlim(0);
        fixture.Upstream.On($"{path}/held", async x =>
        {
            await release.WaitAsync();
            await x.RespondAsync(200, "ok");
        });
        var target = $"{path}/held?a={key}";
        var held = new[] { GetAsync(port, target), GetAsync(port, target) };
        await fixture.Upstream.WaitForRequestsAsync($"{path}/held", 2);
        var seen = new List<string> { await GetAsync(port, $"{path}/x?a={key}"), await GetAsync(port, $"{path}/x?a={key}"), await GetAsync(port, $"{path}/x?a=other"), await GetAsync(port, $"{path}/x") };

        release.Release();
        seen.Add(await await Task.WhenAny(held));

        // The response is there before its place is free.
        var next = await GetAsync(port, $"{path}/x?a={key}");
        await Deadline.UntilAsync(async () => (next = await GetAsync(port, $"{path}/x?a={key}")).StartsWith("200", StringComparison.Ordinal), () => $"the place is free: {next}");
        release.Release();
        await Task.WhenAll(held);
        return string.Join('\n', seen);
    }

    private static async Task<(string[] Seen, TimeSpan Time)> DelayAsync(int port)
    {
        var clock = Stopwatch.StartNew();
        var requests = Enumerable.Range(0, 4).Select(_ => GetAsync(port, "/delay/?a=delay")).ToArray();
        var seen = await Task.WhenAll(requests);
        return ([.. seen.Select(line => line.TrimEnd()).Order(StringComparer.Ordinal)], clock.Elapsed);
    }

    /// <summary>Bursts at every location, all of them again after the gap, and again at once.</summary>
    private static async Task<(List<string> Seen, bool IsInTime)> RunAsync(int port, int round)
    {
        var seen = new List<string>();
        var isInTime = true;
        await using var client = await RawClient.ConnectAsync(port);
        var starts = new long[Locations.Length];
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < Locations.Length; i++)
            {
                if (pass > 0 && Stopwatch.GetElapsedTime(starts[i]) is var passed && passed < Gap + LongestBurst)
                {
                    // nginx has no clock of ours to move.
                    await Task.Delay(Gap + LongestBurst - passed);
                }

                starts[i] = Stopwatch.GetTimestamp();
                var line = new List<string>();
                foreach (var (a, b, count) in ((string, string, int)[])[("x", "y", 6), ("x", "z", 2), ("", "y", 1), ("", "", 3)])
                {
                    // A zone keeps what other locations did to a key.
                    var (first, second) = (a.Length == 0 ? "" : $"{a}{i}-{round}", b.Length == 0 ? "" : $"{b}{i}-{round}");
                    for (var n = 0; n < count; n++)
                    {
                        line.Add(await GetAsync(client, $"/{Locations[i]}/?a={first}&b={second}"));
                    }
                }

                isInTime &= Stopwatch.GetElapsedTime(starts[i]) < LongestBurst;
                seen.Add($"{Locations[i]} {pass}: {string.Join(", ", line)}");
            }
        }

        return (seen, isInTime);
    }

    private static async Task<string> GetAsync(RawClient client, string target)
    {
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        return Show(await client.ReadResponseAsync());
    }

    private static async Task<string> GetAsync(int port, string target) => Show(await RawClient.GetAsync(port, target));

    private static string Show(RawResponse response) => $"{response.Status} {response["X-Req"]} {response["X-Conn"]}";
}
