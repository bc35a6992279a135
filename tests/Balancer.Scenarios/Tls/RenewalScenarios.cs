using System.Net.Sockets;
using System.Security.Authentication;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Certificates that are replaced while the gateway runs, and reloads and stops under TLS.</summary>
[Collection(HeavyLoad.Name)]
public sealed class RenewalScenarios : IDisposable
{
    private readonly CertificateFiles _certificates = new();
    private readonly int _port = Ports.Next();

    private string Toml => $$"""
        worker_shutdown_timeout = "10s"
        {{_certificates.Lines("live")}}
        keepalive_requests = 1000000

        [[server]]
        listen = "127.0.0.1:{{_port}} ssl"
        http2 = true
        return = "200 ok"
        """;

    [RequiresTool("wrk", "h2load")]
    public async Task Certificate_replaced_under_load_fails_no_request_and_is_seen_within_5_s()
    {
        _certificates.Issue("live", "one.test");
        await using var gateway = await GatewayProcess.StartAsync(Toml);
        var wrk = Wrk.RunAsync($"https://127.0.0.1:{_port}/", 16, TimeSpan.FromSeconds(14));
        var h2load = ChildProcess.RunAsync(Tools.Get("h2load"), ["-t1", "-D", "12", "-c", "4", "-m", "16", $"https://127.0.0.1:{_port}/"], limit: TimeSpan.FromSeconds(60));
        await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_http_requests_total", "code=2xx") > 1000, () => "the load runs");

        // Renewed as certbot does: the key comes first, then the certificate, each a new file under the old name.
        _certificates.Issue("two", "two.test");
        Move("two.key", "live.key");
        Move("two.pem", "live.pem");
        await Deadline.UntilAsync(async () => await ServerNameAsync() == "two.test", () => "new handshakes see the new certificate", TimeSpan.FromSeconds(5));

        _certificates.Issue("live", "three.test");
        await gateway.ReloadAsync();
        Assert.Equal("three.test", await ServerNameAsync());

        Assert.False(wrk.IsCompleted || h2load.IsCompleted, "the load was over before the certificates were replaced");
        (await wrk).AssertNoFailures();
        var (code, output) = await h2load;
        Assert.Equal(0, code);
        Assert.Contains(" 0 failed, 0 errored, 0 timeout", output);
        Assert.Matches("status codes: [1-9][0-9]* 2xx, 0 3xx, 0 4xx, 0 5xx", output);
    }

    [Fact]
    public async Task Broken_or_expired_certificate_keeps_the_old_one_and_is_reported()
    {
        _certificates.Issue("live", "one.test");
        await using var gateway = await GatewayProcess.StartAsync(Toml);

        _certificates.Write("live.pem", "not a certificate");
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=certificate-refused", StringComparison.Ordinal) && l.Contains("holds no certificate", StringComparison.Ordinal));
        Assert.Equal("one.test", await ServerNameAsync());

        _certificates.Issue("live", "two.test", DateTimeOffset.UtcNow.AddHours(-1));
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=certificate-refused", StringComparison.Ordinal) && l.Contains("expired at", StringComparison.Ordinal));
        Assert.Equal("one.test", await ServerNameAsync());

        // A reload with the expired one keeps the old one, too; one with a broken file changes nothing.
        await gateway.ReloadAsync();
        Assert.Equal("one.test", await ServerNameAsync());
        Assert.Equal(1, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));
        _certificates.Write("live.key", "not a key");
        await gateway.ReloadAsync();
        Assert.Equal("one.test", await ServerNameAsync());
        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));

        _certificates.Issue("live", "three.test");
        await Deadline.UntilAsync(async () => await ServerNameAsync() == "three.test", () => "a good certificate is taken at last");
        var metrics = await gateway.ScrapeAsync();
        Assert.True(metrics.Sum("balancer_tls_certificate_renewals_total", "result=refused") >= 2);
        Assert.Equal(1, metrics.Sum("balancer_tls_certificate_renewals_total", "result=accepted"));
    }

    [Fact]
    public async Task Check_warns_of_an_expired_certificate_and_names_a_key_that_does_not_fit()
    {
        _certificates.Issue("live", "one.test", DateTimeOffset.UtcNow.AddDays(-1));
        var file = _certificates.Write("balancerd.toml", Toml);
        var (program, arguments) = GatewayProcess.Command;
        var (code, output) = await ChildProcess.RunAsync(program, [.. arguments, "-t", "-c", file]);
        Assert.Equal(0, code);
        Assert.Contains("warning: a certificate is not valid", output);

        _certificates.Write("live.key", _certificates.Authority.KeyPem);
        (code, output) = await ChildProcess.RunAsync(program, [.. arguments, "-t", "-c", file]);
        Assert.Equal(1, code);
        Assert.Contains($"{file}:3:", output);
        Assert.Contains("does not belong to the certificate", output);
    }

    [RequiresTool("wrk")]
    public async Task Thirty_reloads_under_load_fail_no_request()
    {
        _certificates.Issue("live", "one.test");
        await using var gateway = await GatewayProcess.StartAsync(Toml);
        var wrk = Wrk.RunAsync($"https://127.0.0.1:{_port}/", 32, TimeSpan.FromSeconds(10));
        for (var i = 0; i < 30; i++)
        {
            await gateway.ReloadAsync();
            await ServerNameAsync();
        }

        (await wrk).AssertNoFailures();
    }

    [Fact]
    public async Task Stop_lets_a_request_finish_and_does_not_wait_for_handshakes_that_stand_still()
    {
        _certificates.Issue("live", "one.test");
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/slow", async x =>
        {
            await go.Task;
            await x.RespondAsync(200, "finished");
        });
        await using var gateway = await GatewayProcess.StartAsync(Toml.Replace("return = \"200 ok\"", $"[[server.location]]\npath = \"/\"\nproxy_pass = \"http://{upstream.Address}\"", StringComparison.Ordinal));
        await using var silent = await RawClient.ConnectAsync(_port);
        await silent.SendAsync("\x16\x03");
        var running = TlsClient.GetAsync(_port, "one.test", "/slow");
        await upstream.WaitForRequestAsync("/slow");
        gateway.Process.Signal(UnixSignal.Term);
        await silent.AssertClosedAsync();
        go.SetResult();

        Assert.EndsWith("finished", await running);
        Assert.Equal(0, await gateway.WaitForExitAsync(TimeSpan.FromSeconds(8)));
    }

    public void Dispose() => _certificates.Dispose();

    private async Task<string> ServerNameAsync()
    {
        await using var client = await TlsClient.ConnectAsync(_port, "any.test");
        return client.ServerName;
    }

    private void Move(string from, string to) => File.Move(_certificates.PathOf(from), _certificates.PathOf(to), overwrite: true);
}
