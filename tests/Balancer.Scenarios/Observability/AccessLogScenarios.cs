using System.Globalization;
using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>What the access log says, and that it says it for every request.</summary>
public sealed class AccessLogScenarios
{
    [Fact]
    public async Task Log_has_a_line_for_every_request_in_the_configured_formats()
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/a", x => x.RespondAsync(201, "hello", "Content-Type: a/b"));
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            [log_format]
            main = '$remote_addr "$request" $status $body_bytes_sent "$http_user_agent" $upstream_addr $upstream_status $request_id $host $uri|$args|$cookie_c|$sent_http_content_type'

            [upstream.pool]
            server = ["{{upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{port}}"
            access_log = ["DIR/main.log main", "DIR/combined.log", "DIR/json.log json"]

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/quiet"
              return = "200 x"
              access_log = "off"

              [[server.location]]
              path = "/errors-only"
              return = "200 x"
              access_log = "DIR/if.log main if=$arg_log"
            """);
        await RawClient.GetAsync(port, "/a?x=y%20z", "User-Agent: \"quoted\\\"", "Cookie: b=1; c=see");
        await RawClient.GetAsync(port, "/quiet");
        await RawClient.GetAsync(port, "/errors-only");
        await RawClient.GetAsync(port, "/errors-only?log=0");
        await RawClient.GetAsync(port, "/errors-only?log=1");
        await RawClient.SendOnceAsync(port, "BAD REQUEST LINE\r\n\r\n");
        gateway.Process.Signal(UnixSignal.Term);
        Assert.Equal(0, await gateway.WaitForExitAsync());

        var main = File.ReadAllLines(gateway.FilePath("main.log"));
        Assert.Equal(2, main.Length);
        Assert.Matches(
            $"^127\\.0\\.0\\.1 \"GET /a\\?x=y%20z HTTP/1\\.1\" 201 5 \"\\\\x22quoted\\\\x5C\\\\x22\" {upstream.Address} 201 [0-9a-f]{{32}} localhost /a\\|x=y%20z\\|see\\|a/b$",
            main[0]);
        Assert.Contains(" 400 ", main[1], StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(gateway.FilePath("if.log")));
        var combined = File.ReadAllLines(gateway.FilePath("combined.log"));
        Assert.Equal(2, combined.Length);
        Assert.Matches("^127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}\\] \"GET /a\\?x=y%20z HTTP/1\\.1\" 201 5 \"-\" \"", combined[0]);
        using var json = JsonDocument.Parse(File.ReadAllLines(gateway.FilePath("json.log"))[0]);
        Assert.Contains("201", json.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((await upstream.WaitForRequestAsync("/a"))["X-Request-ID"], main[0].Split(' ').First(w => w.Length == 32));
    }

    [Theory]
    [InlineData("GET /par", "GET /par")]
    [InlineData("GET /part HTTP/1.1\r\n", "GET /part HTTP/1.1")]
    [InlineData("GET /part HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\nX-Cut: o", "GET /part HTTP/1.1")]
    public async Task Head_that_stays_incomplete_is_logged_as_far_as_it_came(string head, string line)
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            client_header_timeout = "2s"

            [[server]]
            listen = "127.0.0.1:{{port}}"
            access_log = "DIR/access.log"
            return = "200 x"
            """);

        // First one whose bytes must not show up again.
        await RawClient.SendOnceAsync(port, "POST /secret-of-another-client HTTP/1.1\r\nHost: a\r\nUser-Agent: secret\r\nConnection: close\r\n\r\n");
        await using var gone = await RawClient.ConnectAsync(port);
        await gone.SendAsync(head);
        gone.ShutdownSend();
        await gone.AssertClosedAsync();
        await using var late = await RawClient.ConnectAsync(port);
        await late.SendAsync(head);
        Assert.Equal(408, (await late.ReadResponseAsync()).Status);
        await using (var reset = await RawClient.ConnectAsync(port))
        {
            await reset.SendAsync(head);
            await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_downstream_connections_accepted_total") == 4, () => "all are accepted");
            reset.Reset();
        }

        string[] lines = [];
        await Deadline.UntilAsync(() => (lines = File.ReadAllLines(gateway.FilePath("access.log"))).Length == 4, () => "four lines are logged");
        Assert.Contains($"\"{line}\" 499 ", lines[1], StringComparison.Ordinal);
        Assert.Contains($"\"{line}\" 408 ", lines[2], StringComparison.Ordinal);
        Assert.Contains(" 499 ", lines[3], StringComparison.Ordinal);
        Assert.All(lines[1..], l => Assert.DoesNotContain("secret", l, StringComparison.Ordinal));
    }

    [RequiresTool("h2load")]
    public async Task Buffered_log_loses_no_line_at_stop_and_reopens_on_signal()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            [log_format]
            short = '$status $request_uri'

            [[server]]
            listen = "127.0.0.1:{{port}}"
            access_log = "DIR/access.log short buffer=64k flush=1s"
            keepalive_requests = 1000000
            return = "200 x"
            """);
        var first = H2Load.RunAsync($"http://127.0.0.1:{port}/", 30_000, 16);
        await Deadline.UntilAsync(() => new FileInfo(gateway.FilePath("access.log")) is { Exists: true, Length: > 0 }, () => "the first lines are written");
        File.Move(gateway.FilePath("access.log"), gateway.FilePath("access.log.1"));
        gateway.Process.Signal(UnixSignal.Usr1);
        Assert.Equal(30_000, (await first).Succeeded);
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=logs-reopened", StringComparison.Ordinal));
        await H2Load.RunAsync($"http://127.0.0.1:{port}/", 5_000, 16);
        gateway.Process.Signal(UnixSignal.Term);
        Assert.Equal(0, await gateway.WaitForExitAsync());
        var old = File.ReadAllLines(gateway.FilePath("access.log.1"));
        var @new = File.ReadAllLines(gateway.FilePath("access.log"));
        Assert.Equal(35_000, old.Length + @new.Length);
        Assert.True(@new.Length >= 5_000, @new.Length.ToString(CultureInfo.InvariantCulture));
        Assert.All(old.Concat(@new).Distinct(), l => Assert.Equal("200 /", l));
    }

    [Fact]
    public async Task Failure_is_reported_once_in_the_error_log_with_whose_fault_it_was()
    {
        var port = Ports.Next();
        var dead = $"127.0.0.1:{Ports.Next()}";
        await using var gateway = await GatewayProcess.StartAsync($$"""
            [upstream.pool]
            server = ["{{dead}}"]

            [[server]]
            listen = "127.0.0.1:{{port}}"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """);
        Assert.Equal(502, (await RawClient.GetAsync(port, "/")).Status);
        var line = await gateway.Process.WaitForLineAsync(l => l.Contains(dead, StringComparison.Ordinal));
        Assert.Contains("upstream", line, StringComparison.OrdinalIgnoreCase);
    }
}
