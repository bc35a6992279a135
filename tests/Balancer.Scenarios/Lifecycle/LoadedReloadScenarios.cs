using Balancer.Harness;

namespace Balancer.Lifecycle;

/// <summary>Reload and stop under load lose no request and leak nothing.</summary>
[Collection(HeavyLoad.Name)]
public sealed class LoadedReloadScenarios
{
    private static async Task<NginxProcess> UpstreamAsync(params int[] ports) => await NginxProcess.StartAsync(
        "keepalive_requests 1000000;" + string.Concat(ports.Select(p => $"server {{ listen 127.0.0.1:{p}; location / {{ return 200 {p}; }} }}")));

    private static string Toml(int port, IEnumerable<int> upstreams, int? extraListener) => $$"""
        [upstream.pool]
        keepalive = 128
        server = [{{string.Join(", ", upstreams.Select(p => $"\"127.0.0.1:{p}\""))}}]

        [[server]]
        listen = [{{(extraListener is { } extra ? $"\"127.0.0.1:{extra}\", " : "")}}"127.0.0.1:{{port}}"]
        access_log = "off"
        keepalive_requests = 1000000

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    [RequiresTool("nginx", "wrk")]
    public async Task Hundred_reloads_under_load_fail_no_request_and_leak_nothing()
    {
        int[] upstreams = [Ports.Next(), Ports.Next(), Ports.Next()];
        int port = Ports.Next(), extra = Ports.Next();
        await using var nginx = await UpstreamAsync(upstreams);
        string[] files = [Toml(port, upstreams[..2], null), Toml(port, upstreams, extra)];
        await using var gateway = await GatewayProcess.StartAsync(files[0]);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Wrk.RunUntilAsync(over.Task, $"http://127.0.0.1:{port}/", 64);
        long descriptors = 0, memory = 0;
        for (var i = 1; i <= 100; i++)
        {
            gateway.WriteConfig(files[i % 2]);
            await gateway.ReloadAsync();
            Assert.Equal(1, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));
            if (i % 2 == 1)
            {
                Assert.Equal(200, (await RawClient.GetAsync(extra, "/")).Status);
            }

            if (i == 20)
            {
                // Both files were in use several times: what there is to load is loaded.
                descriptors = gateway.Process.DescriptorCount;
                memory = gateway.Process.ResidentBytes;
            }
        }

        Assert.False(load.IsCompleted, "the load was over before the reloads were");
        over.SetResult();
        (await load).AssertNoFailures();
        Assert.True(gateway.Process.ResidentBytes < memory + 30_000_000, $"resident memory grew from {memory} to {gateway.Process.ResidentBytes}");

        // Old snapshots let go of their connections once their last request is done.
        await Deadline.UntilAsync(() => gateway.Process.DescriptorCount <= descriptors + 16, () => $"descriptors fall to {descriptors} again; open are {gateway.Process.DescriptorCount}");
    }

    [RequiresTool("nginx")]
    public async Task Stop_under_load_fails_no_request_and_exits_with_0_within_the_timeout()
    {
        int upstream = Ports.Next(), port = Ports.Next();
        await using var nginx = await UpstreamAsync(upstream);
        await using var gateway = await GatewayProcess.StartAsync("worker_shutdown_timeout = \"10s\"\n" + Toml(port, [upstream], null));
        var load = new KeepaliveLoad();
        var running = load.RunAsync(port, 64);
        await Deadline.UntilAsync(() => load.Answered > 2000, () => "the load runs");
        gateway.Process.Signal(UnixSignal.Term);
        Assert.Equal(0, await gateway.WaitForExitAsync(TimeSpan.FromSeconds(12)));
        var failures = await Deadline.WaitAsync(running, () => "the load ends");
        Assert.True(failures.Count == 0, $"{failures.Count} of {load.Answered + failures.Count} requests failed, for instance {string.Join("; ", failures.Take(3))}");
    }
}
