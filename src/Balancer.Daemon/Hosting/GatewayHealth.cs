using System.Collections.Concurrent;
using Balancer.Failover;
using Balancer.Proxy;
using Balancer.Upstreams;

namespace Balancer.Daemon.Hosting;

/// <summary>
/// The pools and listeners of the gateway as virtual routers see them. A gateway that has given its addresses up gets no requests that would show that a
/// server is back, so a pool that counts as dead is asked: it lives again when one of its servers accepts a connection.
/// </summary>
internal sealed class GatewayHealth(GatewayHost host, TimeProvider time) : IFailoverHealth
{
    private readonly ConcurrentDictionary<string, PoolProbe> _probes = new();

    /// <inheritdoc/>
    public long Answers => host.SelfProbe.Answers;

    /// <inheritdoc/>
    public bool IsAlive(string upstream)
    {
        if (Find(upstream) is not { } pool || pool.IsAvailable)
        {
            _probes.TryRemove(upstream, out _);
            return true;
        }

        // Active checks go on without requests, and know better than a connect.
        if (pool.IsChecked)
        {
            return false;
        }

        return _probes.GetOrAdd(upstream, static (_, time) => new PoolProbe(time), time).IsAlive(pool);
    }

    /// <inheritdoc/>
    public bool IsListening(string address) =>
        host.IsDraining || host.FindListener(address) is not { } listener || (listener.IsAccepting && host.SelfProbe.IsAnswering(listener));

    private Upstream? Find(string name)
    {
        foreach (var pool in host.Pools)
        {
            if (pool.Name == name)
            {
                return pool;
            }
        }

        return null;
    }
}
