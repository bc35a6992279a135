using System.Buffers;
using System.Text.Json;
using Balancer.Configuration;

namespace Balancer.Observability.Status;

public sealed class StatusWriterTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    private static readonly GatewayStatus Status = new()
    {
        Version = "1.2.3",
        ProcessId = 7,
        StartTime = Start,
        Time = Start.AddSeconds(90.5),
        IsDraining = false,
        Configuration = new ConfigurationStatus("/etc/balancer/balancer.toml", Start, null),
        Listeners = [new ListenerStatus("0.0.0.0:80")],
        VirtualServers =
        [
            new VirtualServerStatus(["api.example.com"], ["0.0.0.0:80"], [new LocationStatus("/api/", "api", [1, 0, 5, 0, 2, 0]), new LocationStatus("= /health", null, [0, 0, 0, 0, 0, 0])]),
        ],
        Upstreams =
        [
            new UpstreamStatus("api", "least_conn", 2, 3,
            [
                new UpstreamServerStatus
                {
                    Server = "a.local:80", Address = "10.0.0.1:80", State = UpstreamServerCondition.Ejected, Reason = "3 failures, max_fails=3", IsBackup = false, Weight = 100,
                    Active = 1, MaxConns = 1000, Idle = 3, Fails = 3, Requests = [0, 0, 9, 0, 0, 1], Failures = 4, SentBytes = 11, ReceivedBytes = 12,
                },
            ]),
        ],
        Totals = new TotalsStatus(10, 1, 8, 1, 100, 200),
    };

    [Fact]
    public void Status_tells_the_whole_gateway()
    {
        var root = Write(Status);
        Assert.Equal("1.2.3", root.GetProperty("version").GetString());
        Assert.Equal(7, root.GetProperty("pid").GetInt32());
        Assert.Equal("running", root.GetProperty("state").GetString());
        Assert.Equal("2026-11-21T03:01:30.500Z", root.GetProperty("time").GetString());
        Assert.Equal("2026-11-21T03:00:00.000Z", root.GetProperty("started").GetString());
        Assert.Equal(90, root.GetProperty("uptime_seconds").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("configuration").GetProperty("last_reload").ValueKind);
        Assert.Equal("0.0.0.0:80", root.GetProperty("listeners")[0].GetProperty("address").GetString());

        var locations = root.GetProperty("virtual_servers")[0].GetProperty("locations");
        Assert.Equal("api", locations[0].GetProperty("upstream").GetString());
        Assert.Equal("""{"total":8,"1xx":0,"2xx":5,"3xx":0,"4xx":2,"5xx":0}""", JsonSerializer.Serialize(locations[0].GetProperty("requests")));
        Assert.Equal(JsonValueKind.Null, locations[1].GetProperty("upstream").ValueKind);

        var upstream = root.GetProperty("upstreams")[0];
        Assert.False(upstream.GetProperty("available").GetBoolean());
        Assert.Equal(
            """{"server":"a.local:80","address":"10.0.0.1:80","state":"ejected","reason":"3 failures, max_fails=3","backup":false,"weight":100,"active":1,"max_conns":1000,"idle":3,"fails":3,"requests":{"total":10,"1xx":0,"2xx":9,"3xx":0,"4xx":0,"5xx":1},"failures":4,"sent_bytes":11,"received_bytes":12}""",
            JsonSerializer.Serialize(upstream.GetProperty("servers")[0]));
        Assert.Equal(
            """{"connections_accepted":10,"connections_active":1,"requests":8,"requests_in_flight":1,"received_bytes":100,"sent_bytes":200}""",
            JsonSerializer.Serialize(root.GetProperty("totals")));
    }

    [Fact]
    public void Refused_reload_is_shown_with_its_errors()
    {
        var error = new ConfigError(new SourceLocation("a.toml", 3, 5), "unknown key \"sever\"");
        var reload = Write(Status with
        {
            IsDraining = true,
            Configuration = Status.Configuration with { LastReload = new ReloadStatus(Start.AddSeconds(1), [error]) },
        });
        Assert.Equal("draining", reload.GetProperty("state").GetString());
        Assert.Equal(
            """{"time":"2026-11-21T03:00:01.000Z","successful":false,"errors":["a.toml:3:5: unknown key \u0022sever\u0022"]}""",
            JsonSerializer.Serialize(reload.GetProperty("configuration").GetProperty("last_reload")));
    }

    private static JsonElement Write(GatewayStatus status)
    {
        var output = new ArrayBufferWriter<byte>();
        StatusWriter.Write(status, output);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }
}
