using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Balancing;
using Balancer.Upstreams.Resolution;

namespace Balancer.Upstreams;

/// <summary>The addresses of a pool as they are now: replaced as a whole when host names resolve to others.</summary>
internal sealed class UpstreamServerSet
{
    /// <summary>The greatest number of addresses; picks are kept in 16 bits.</summary>
    private const int MaxServers = ushort.MaxValue;

    /// <summary>The greatest sum of weights; current weights stay within 32 bits.</summary>
    private const int MaxTotalWeight = 1 << 29;

    public UpstreamServerSet(IReadOnlyList<UpstreamServer> servers, BalancingConfig balancing, Lock gate, CoarseClock clock, bool isSticky = false)
    {
        All = [.. servers];
        Primary = Group(server => !server.Config.Backup);
        Backup = All.Any(server => server.Config.Backup) ? Group(server => server.Config.Backup) : null;
        IsSingle = Primary.Servers.Length == 1 && Backup is null;
        Tries = All.Count(server => !server.Config.IsClosed);
        Primary.Balancer = IsSingle ? new SingleServerBalancer(All[0]) : BalancerFactory.Create(balancing, Primary);
        if (Backup is not null)
        {
            Backup.Balancer = BalancerFactory.Create(balancing, Backup);
        }

        if (isSticky)
        {
            Primary.Sessions = new StickySessions(Primary.Servers);
            Backup?.Sessions = new StickySessions(Backup.Servers);
        }

        ServerGroup Group(Func<UpstreamServer, bool> belongs) => new([.. All.Where(belongs)], gate, clock);
    }

    /// <summary>What keeps these addresses from being a pool; null when they are one.</summary>
    public static string? Check(IReadOnlyCollection<ResolvedServer> servers, BalancingConfig balancing)
    {
        if (servers.All(server => server.Config.Backup))
        {
            return "no servers that are not backup, expected at least one";
        }

        if (servers.Count > MaxServers)
        {
            return $"{servers.Count} server addresses, expected at most {MaxServers}";
        }

        var total = servers.Sum(server => (long)server.Config.Weight);
        var maxTotal = balancing.HashConsistent ? ConsistentHashBalancer.MaxTotalWeight : MaxTotalWeight;
        return total > maxTotal ? $"weights that sum up to {total}, expected at most {maxTotal}" : null;
    }

    /// <summary>All servers, in the order of the configuration.</summary>
    public UpstreamServer[] All { get; }

    /// <summary>The servers without <c>backup</c>.</summary>
    internal ServerGroup Primary { get; }

    /// <summary>The servers with <c>backup</c>; null when there are none.</summary>
    internal ServerGroup? Backup { get; }

    /// <summary>One primary server and no backup: it is never ejected and never retried.</summary>
    internal bool IsSingle { get; }

    /// <summary>How often a request may be tried: once for every server that is neither <c>down</c> nor <c>drain</c>.</summary>
    internal int Tries { get; }

    /// <summary>Makes this the set that is told what happens to the servers, instead of <paramref name="old"/>. The gate is held.</summary>
    internal void Activate(UpstreamServerSet? old)
    {
        old?.Primary.Supersede();
        old?.Backup?.Supersede();
        Primary.Activate();
        Backup?.Activate();
    }

    /// <summary>Chooses a server and takes a place on it; null with <see cref="PickContext.Failure"/> when there is none.</summary>
    internal UpstreamServer? Pick(PickContext context, long now)
    {
        context.Failure = PickFailure.None;
        var group = context.OnBackup ? Backup! : Primary;
        var index = group.PickBound(context, now);
        if (index < 0)
        {
            index = group.Balancer.Pick(context, now);
        }

        if (index >= 0)
        {
            return group.Servers[index];
        }

        context.Failure = group.AnyBusy(context, now) ? PickFailure.AllBusy : PickFailure.NoLiveServer;
        if (Backup is null || context.OnBackup)
        {
            return null;
        }

        var primaryFailure = context.Failure;
        context.SwitchToBackup();
        var server = Pick(context, now);
        if (server is null && primaryFailure == PickFailure.AllBusy)
        {
            context.Failure = PickFailure.AllBusy;
        }

        return server;
    }
}
