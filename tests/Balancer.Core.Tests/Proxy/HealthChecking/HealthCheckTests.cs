using System.Collections.Concurrent;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy.HealthChecking;

/// <summary>health_check from the file to the server asked, on a clock the test holds.</summary>
public class HealthCheckTests
{
    [Fact]
    public async Task A_server_that_fails_gets_no_request_until_it_passes()
    {
        await using var sick = new Patient("sick");
        await using var well = new Patient("well");
        await using var gateway = await StartAsync([sick, well], "uri=/health interval=1s fails=2 passes=2");
        await sick.AskedAsync(gateway, 1);
        Assert.Contains("sick", await AnswersAsync(gateway, 4));

        sick.Health = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
        await gateway.RunClockAsync(Eventually.TrueAsync(() => !IsUp(gateway, 0)));
        Assert.All(await AnswersAsync(gateway, 20), answer => Assert.Equal("well", answer));
        Assert.Contains("status 503", Assert.Single(gateway.Log.Named("UpstreamServerUnhealthy")));

        sick.Health = ScriptedUpstream.OkText("");
        await gateway.RunClockAsync(Eventually.TrueAsync(() => IsUp(gateway, 0)));
        Assert.Contains("sick", await AnswersAsync(gateway, 4));
        Assert.All(sick.Checks, check => Assert.Equal(("GET /health HTTP/1.1", "pool"), (check.FirstLine, check["Host"])));
    }

    [Fact]
    public async Task Under_load_no_request_reaches_a_server_that_is_known_to_be_dead()
    {
        await using var flapping = new Patient("flapping");
        await using var well = new Patient("well");
        await using var gateway = await TestGateway.StartAsync(Toml([flapping, well], "interval=20ms"));
        using var stop = new CancellationTokenSource();
        var failures = 0;
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var client = await gateway.ConnectAsync();
            while (!stop.IsCancellationRequested)
            {
                await client.SendAsync("GET /app HTTP/1.1\r\nHost: test\r\n\r\n");
                if ((await client.ReadResponseAsync()).Status != 200)
                {
                    Interlocked.Increment(ref failures);
                }
            }
        })).ToArray();
        var state = gateway.Pool.Servers.All[0].State;
        for (var round = 0; round < 10; round++)
        {
            await Eventually.TrueAsync(() => !state.IsHeldOut);
            var before = flapping.Served;
            await Eventually.TrueAsync(() => flapping.Served > before + 20);

            flapping.Health = "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n";
            await Eventually.TrueAsync(() => state.IsHeldOut && state.Conns == 0);
            var dead = flapping.Served;
            var alive = well.Served;
            await Eventually.TrueAsync(() => well.Served > alive + 200);
            Assert.Equal(dead, flapping.Served);
            flapping.Health = ScriptedUpstream.OkText("");
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal(0, failures);
    }

    [Fact]
    public async Task A_new_server_waits_for_its_first_pass_where_that_is_mandatory()
    {
        await using var first = new Patient("first") { IsSilent = true };
        await using var gateway = await StartAsync([first], "mandatory interval=1s");

        Assert.Equal(502, (await gateway.GetAsync()).Status);

        first.IsSilent = false;
        await gateway.RunClockAsync(Eventually.TrueAsync(() => IsUp(gateway, 0)));
        Assert.Equal("first", (await gateway.GetAsync()).Text);
        await using var second = new Patient("second") { IsSilent = true };
        Assert.Empty(await gateway.ReloadAsync(Toml([first, second], "mandatory interval=1s")));
        Assert.All(await AnswersAsync(gateway, 10), answer => Assert.Equal("first", answer));
    }

    [Fact]
    public async Task What_was_found_out_outlives_a_reload_and_a_check_that_is_gone_lets_its_servers_in()
    {
        await using var sick = new Patient("sick") { Health = "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n" };
        await using var well = new Patient("well");
        const string Check = "interval=1h";
        await using var gateway = await StartAsync([sick, well], Check);
        await gateway.RunClockAsync(Eventually.TrueAsync(() => !IsUp(gateway, 0)));
        var asked = sick.Checks.Count;

        Assert.Empty(await gateway.ReloadAsync(Toml([sick, well], Check, "add_header = { X-New = '1' }")));
        Assert.All(await AnswersAsync(gateway, 10), answer => Assert.Equal("well", answer));
        Assert.Equal(asked, sick.Checks.Count);

        Assert.Empty(await gateway.ReloadAsync(Toml([sick, well], null)));
        await Eventually.TrueAsync(() => IsUp(gateway, 0));
        Assert.Contains("sick", await AnswersAsync(gateway, 4));
    }

    [Theory]
    [InlineData("status = 200", "HTTP/1.1 200 OK", "", true)]
    [InlineData("status = 200", "HTTP/1.1 204 No Content", "", false)]
    [InlineData("status = '200-299 404'", "HTTP/1.1 404 Not Found", "", true)]
    [InlineData("status = '! 500-599'", "HTTP/1.1 404 Not Found", "", true)]
    [InlineData("status = '!500'", "HTTP/1.1 500 x", "", false)]
    [InlineData("header = 'X-Up'", "HTTP/1.1 500 x\r\nX-Up: 1", "", true)]
    [InlineData("header = 'X-Up'", "HTTP/1.1 200 OK", "", false)]
    [InlineData("header = '! X-Down'", "HTTP/1.1 200 OK\r\nX-Down: 1", "", false)]
    [InlineData("header = 'Content-Type = text/plain'", "HTTP/1.1 200 OK\r\nContent-Type: text/plain", "", true)]
    [InlineData("header = 'Content-Type != text/plain'", "HTTP/1.1 200 OK\r\nContent-Type: text/plain", "", false)]
    [InlineData("header = ['Content-Type ~ ^text/', '! X-Down']", "HTTP/1.1 200 OK\r\nContent-Type: text/html", "", true)]
    [InlineData("header = 'Content-Type !~ ^text/'", "HTTP/1.1 200 OK\r\nContent-Type: text/html", "", false)]
    [InlineData("body = '~ \"up\"'", "HTTP/1.1 200 OK", "{\"status\":\"up\"}", true)]
    [InlineData("body = '~ \"up\"'", "HTTP/1.1 200 OK", "{\"status\":\"down\"}", false)]
    [InlineData("body = '!~ down'", "HTTP/1.1 200 OK", "{\"status\":\"down\"}", false)]
    [InlineData("body = '!~ down'", "HTTP/1.1 200 OK", "up", true)]
    public async Task A_response_must_fit_the_match(string match, string head, string body, bool passes)
    {
        await using var server = new Patient("server") { Health = $"{head}\r\nContent-Length: {body.Length}\r\n\r\n{body}" };
        await using var gateway = await StartAsync([server], "mandatory match=alive interval=1h", top: $"[match.alive]\n{match}");

        var metrics = gateway.Pool.Servers.All[0].State.Metrics;
        await Eventually.TrueAsync(() => metrics.ChecksPassed.Value + metrics.ChecksFailed.Value == 1);

        Assert.Equal(passes, IsUp(gateway, 0));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_or_does_not_listen_has_failed()
    {
        await using var silent = new Patient("silent") { IsSilent = true };
        using var closed = new ClosedPort();
        await using var gateway = await TestGateway.StartAsync(
            Toml([silent.Address, closed.Address], "interval=1s", "proxy_connect_timeout = '1s'\nproxy_read_timeout = '2s'"), new FakeTimeProvider());

        await gateway.RunClockAsync(Eventually.TrueAsync(() => !IsUp(gateway, 0) && !IsUp(gateway, 1)));

        Assert.Contains(gateway.Log.Named("UpstreamServerUnhealthy"), line => line.Contains("no answer within 3000 ms"));
        Assert.Contains(gateway.Log.Named("UpstreamServerUnhealthy"), line => line.Contains("cannot connect: upstream_connect_failed"));
    }

    [Fact]
    public async Task Another_port_may_be_asked_and_constant_fields_go_along()
    {
        await using var server = new Patient("server");
        await using var health = new Patient("health");
        await using var gateway = await StartAsync([server], $"port={health.Address.Split(':')[1]} mandatory", "proxy_set_header = { Host = 'app.test', X-Key = 'k', X-Var = '$uri' }");

        await Eventually.TrueAsync(() => IsUp(gateway, 0));

        var check = Assert.Single(health.Checks);
        Assert.Equal(("app.test", "k", null), (check["Host"], check["X-Key"], check["X-Var"]));
        Assert.Empty(server.Checks);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8, 1 }, "0", true)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8, 2 }, "0", false)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "0", false)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8 }, "0", false)]
    [InlineData(new byte[] { }, "5", false)]
    public async Task A_grpc_server_must_say_that_it_serves(byte[] answer, string status, bool passes)
    {
        var asked = new ConcurrentQueue<byte[]>();
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            asked.Enqueue(body.ToArray());
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(answer);
            context.Response.AppendTrailer("grpc-status", status);
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            [upstream.pool]
            server = "{{upstream.Address}}"
            [[server]]
            listen = "127.0.0.1:0"
              [[server.location]]
              path = "/"
              grpc_pass = "pool"
              health_check = "type=grpc grpc_service=a.B interval=1h mandatory"
            """);
        var metrics = gateway.Pool.Servers.All[0].State.Metrics;
        await Eventually.TrueAsync(() => metrics.ChecksPassed.Value + metrics.ChecksFailed.Value == 1);

        Assert.Equal(passes, IsUp(gateway, 0));
        Assert.Equal("POST http pool /grpc.health.v1.Health/Check HTTP/2", Assert.Single(upstream.Requests));
        Assert.Equal([0, 0, 0, 0, 5, 10, 3, (byte)'a', (byte)'.', (byte)'B'], Assert.Single(asked));
    }

    [Fact]
    public async Task The_gateway_tells_whether_it_is_ready_and_what_of_it_works()
    {
        await using var server = new Patient("server");
        await using var gateway = await TestGateway.StartAsync($$"""
            [upstream.pool]
            server = "{{server.Address}}"
            [[server]]
            listen = "127.0.0.1:0"
              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
              health_check = "interval=1s mandatory"
              [[server.location]]
              path = "= /live"
              monitor = "live"
              [[server.location]]
              path = "= /ready"
              monitor = "ready"
              [[server.location]]
              path = "= /status"
              monitor = "status"
            """, new FakeTimeProvider());
        await gateway.RunClockAsync(Eventually.TrueAsync(() => IsUp(gateway, 0)));
        var ready = await gateway.GetAsync("/ready");
        Assert.Equal((200, "application/json", "no-store"), (ready.Status, ready["Content-Type"], ready["Cache-Control"]));
        Assert.Equal("""{"status":"ready","unavailable_upstreams":[]}""", ready.Text);
        var status = await gateway.GetAsync("/status");
        Assert.StartsWith("""{"status":"ok","uptime_seconds":""", status.Text);
        Assert.EndsWith("""{"pool":{"status":"up","servers_up":1,"servers":1}}}""", status.Text);

        server.Health = "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n";
        await gateway.RunClockAsync(Eventually.TrueAsync(() => !IsUp(gateway, 0)));
        ready = await gateway.GetAsync("/ready");
        Assert.Equal((503, """{"status":"unavailable","unavailable_upstreams":["pool"]}"""), (ready.Status, ready.Text));
        Assert.Equal(503, (await gateway.GetAsync("/status")).Status);
        var live = await gateway.GetAsync("/live");
        Assert.Equal((200, """{"status":"live"}"""), (live.Status, live.Text));
    }

    [Theory]
    [InlineData("health_check = 'uri=health'", "uri: found 'health', expected a path that starts with '/'")]
    [InlineData("health_check = 'match=alive'", "there is no [match.alive], did you mean 'alife'?")]
    [InlineData("health_check = 'type=grpc'", "type=grpc needs 'grpc_pass'")]
    [InlineData("health_check = 'grpc_service=a'", "grpc_service needs type=grpc")]
    [InlineData("health_check = 'keepalive_time=5s'", "'keepalive_time' is not supported")]
    [InlineData("health_check = 'fails=0'", "fails: found '0', expected a whole number from 1")]
    [InlineData("health_check = true\nreturn = 200", null)]
    [InlineData("monitor = 'dead'", "found 'dead', expected live, ready or status")]
    public void Faults_of_a_health_check_are_told(string keys, string? expected)
    {
        var errors = ConfigurationText.Load($"[match.alife]\nstatus = 200\n[upstream.pool]\nserver = '10.0.0.1'\n[[server]]\nlisten = 80\n[[server.location]]\npath = '/'\n{(keys.StartsWith('m') ? "" : "proxy_pass = 'http://pool'")}\n{keys}").Errors;

        if (expected is null)
        {
            Assert.Empty(errors);
        }
        else
        {
            Assert.Contains(errors, e => e.Message.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("status = 99")]
    [InlineData("status = ''")]
    [InlineData("status = '!'")]
    [InlineData("status = '300-200'")]
    [InlineData("status = '2xx'")]
    [InlineData("header = ''")]
    [InlineData("header = 'X-A ='")]
    [InlineData("header = 'X-A ? b'")]
    [InlineData("header = 'X-A ~ ('")]
    [InlineData("header = 'X A'")]
    [InlineData("body = 'up'")]
    [InlineData("body = '~'")]
    [InlineData("body = '~ ('")]
    [InlineData("require = '$x'")]
    public void A_condition_that_is_none_is_refused_at_its_place(string key)
    {
        var error = Assert.Single(ConfigurationText.Load($"[match.alive]\n{key}\n[[server]]").Errors);

        Assert.Equal(2, error.Location.Line);
    }

    private static bool IsUp(TestGateway gateway, int server) => !gateway.Pool.Servers.All[server].State.IsHeldOut;

    private static Task<TestGateway> StartAsync(IEnumerable<Patient> servers, string check, string location = "", string top = "") =>
        TestGateway.StartAsync(Toml(servers, check, location, top), new FakeTimeProvider());

    private static string Toml(IEnumerable<Patient> servers, string? check, string location = "", string top = "") => Toml(servers.Select(s => s.Address), check, location, top);

    private static string Toml(IEnumerable<string> servers, string? check, string location = "", string top = "") =>
        TestGateway.Toml(servers, $"{location}\n{(check is null ? "" : $"health_check = '{check}'")}", top: top, parameters: "max_fails=0");

    private static async Task<string[]> AnswersAsync(TestGateway gateway, int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            answers.Add((await gateway.GetAsync("/app")).Text);
        }

        return [.. answers];
    }

    /// <summary>A server whose health the test decides on.</summary>
    private sealed class Patient : IAsyncDisposable
    {
        private readonly ScriptedUpstream _upstream;
        private int _served;

        public Patient(string name) => _upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is { } request)
            {
                if (request["User-Agent"] != "balancer health check")
                {
                    Interlocked.Increment(ref _served);
                    await wire.SendAsync(ScriptedUpstream.OkText(name));
                    continue;
                }

                Checks.Enqueue(request);
                if (IsSilent)
                {
                    await wire.ReadToEndAsync();
                    return;
                }

                await wire.SendAsync(Health);
            }
        });

        public string Address => _upstream.Address;

        /// <summary>Requests of clients served.</summary>
        public int Served => Volatile.Read(ref _served);

        public string Health { get; set; } = ScriptedUpstream.OkText("");

        public bool IsSilent { get; set; }

        public ConcurrentQueue<WireMessage> Checks { get; } = new();

        public Task AskedAsync(TestGateway gateway, int times) => gateway.RunClockAsync(Eventually.TrueAsync(() => Checks.Count >= times));

        public ValueTask DisposeAsync() => _upstream.DisposeAsync();
    }
}
