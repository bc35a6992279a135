using Balancer.Configuration;
using Balancer.TestSupport;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Nginx;

public class SameSequenceAsNginxTests
{
    [NginxTheory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(100, 100, 100, 75, 75)]
    [InlineData(7, 3, 11, 2)]
    public async Task Weighted_round_robin(params int[] weights)
    {
        await using var pools = await NginxComparison.StartAsync("", new BalancingConfig(), [.. weights.Select(weight => Server(weight))]);
        await pools.CompareAsync(120);
    }

    [NginxTheory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    [InlineData(6, 2)]
    public Task Round_robin_while_a_server_is_dead_probed_and_back(int weight, int maxFails) => UnambiguouslyAsync(async () =>
    {
        await using var pools = await NginxComparison.StartAsync(
            "",
            new BalancingConfig(),
            Server(weight, maxFails, 1000),
            Server(2, maxFails, 1000),
            Server(1, maxFails, 1000));
        await pools.CompareAsync(25);
        pools[0].IsDead = true;
        await pools.CompareAsync(25);
        await pools.WaitAsync(2);
        await pools.CompareAsync(25);
        pools[0].IsDead = false;
        await pools.CompareAsync(10);
        await pools.WaitAsync(3);
        await pools.CompareAsync(60);
        return pools.IsAmbiguous;
    });

    [NginxFact]
    public Task Backup_servers_and_nobody_left() => UnambiguouslyAsync(async () =>
    {
        await using var pools = await NginxComparison.StartAsync(
            "",
            new BalancingConfig(),
            Server(3, 2, 1000),
            Server(1, 1, 1000),
            Server(2, 1, 1000, backup: true),
            Server(1, 1, 1000, backup: true),
            Server(1, down: true));
        await pools.CompareAsync(10);
        pools[0].IsDead = pools[1].IsDead = true;
        await pools.CompareAsync(10);
        pools[2].IsDead = pools[3].IsDead = true;
        await pools.CompareAsync(10);
        pools[0].IsDead = pools[3].IsDead = false;
        await pools.WaitAsync(2);
        await pools.CompareAsync(10);
        pools[1].IsDead = pools[2].IsDead = false;
        await pools.WaitAsync(3);
        await pools.CompareAsync(20);
        return pools.IsAmbiguous;
    });

    [NginxFact]
    public async Task Least_connections_of_an_idle_pool()
    {
        await using var pools = await NginxComparison.StartAsync("least_conn;", new BalancingConfig { Method = BalancingMethod.LeastConnections }, Server(3), Server(1), Server(2));
        await pools.CompareAsync(40);
    }

    [NginxTheory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 3)]
    public Task Ip_hash(params int[] weights) => UnambiguouslyAsync(async () =>
    {
        await using var pools = await NginxComparison.StartAsync("ip_hash;", new BalancingConfig { Method = BalancingMethod.IpHash }, [.. weights.Select(weight => Server(weight)), Server(2, down: true)]);
        await CompareClientsAsync(pools);
        pools[1].IsDead = true;
        await CompareClientsAsync(pools);
        return pools.IsAmbiguous;
    });

    [NginxTheory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 3)]
    public Task Hash(params int[] weights) => UnambiguouslyAsync(async () =>
    {
        await using var pools = await NginxComparison.StartAsync("hash $request_uri;", new BalancingConfig { Method = BalancingMethod.Hash }, [.. weights.Select(weight => Server(weight)), Server(2, down: true)]);
        await CompareTargetsAsync(pools);
        pools[0].IsDead = true;
        await CompareTargetsAsync(pools);
        return pools.IsAmbiguous;
    });

    [NginxTheory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 3)]
    public Task Hash_consistent(params int[] weights) => UnambiguouslyAsync(async () =>
    {
        await using var pools = await NginxComparison.StartAsync("hash $request_uri consistent;", new BalancingConfig { Method = BalancingMethod.Hash, HashConsistent = true }, [.. weights.Select(weight => Server(weight)), Server(2, down: true)]);
        await CompareTargetsAsync(pools);
        pools[0].IsDead = true;
        await CompareTargetsAsync(pools);
        return pools.IsAmbiguous;
    });

    private static async Task CompareClientsAsync(NginxComparison pools)
    {
        for (var i = 0; i < 100; i++)
        {
            await pools.CompareAsync("/", i % 3 == 0 ? $"2001:db8::{i}" : $"10.{i}.{i * 7 % 256}.{i * 31 % 256}");
        }
    }

    private static async Task CompareTargetsAsync(NginxComparison pools)
    {
        for (var i = 0; i < 100; i++)
        {
            await pools.CompareAsync($"/item/{i * 7919}", "192.0.2.1");
        }
    }

    /// <summary>Repeats a script in which a second passed in the middle of a request that failed: nobody can tell which second nginx used.</summary>
    private static async Task UnambiguouslyAsync(Func<Task<bool>> script)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (!await script())
            {
                return;
            }
        }

        Assert.Fail("the machine is too slow to tell in which second nginx decided");
    }
}
