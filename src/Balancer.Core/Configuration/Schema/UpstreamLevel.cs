using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[upstream.NAME]</c>.</summary>
internal static class UpstreamLevel
{
    private static readonly TimeType ResolverValid = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(24));

    private static readonly string[] Methods = ["least_conn", "ip_hash", "hash", "random", "least_time"];

    public static ConfigLevel<UpstreamConfig> Level { get; } = new("[upstream.NAME]",
    [
        Key.Always<UpstreamConfig, IReadOnlyList<UpstreamServerConfig>>(
            "server", new ListType<UpstreamServerConfig>(UpstreamServerLevel.Type), static u => u.Servers, static (u, v) => u with { Servers = v }, null,
            "The servers of the pool, in the order they are tried in. Each is a line or a table.", "[\"10.0.2.10:3002 weight=100 max_fails=3 fail_timeout=30s\"]", required: true),
        Method("least_conn", BalancingMethod.LeastConnections, BalancingLevels.LeastConnectionsType,
            "The server with the fewest running requests for its weight. Without a method: weighted round robin.", "true"),
        Method("ip_hash", BalancingMethod.IpHash, BalancingLevels.IpHashType, "The same server for one client address (the first three octets of IPv4).", "true"),
        Method("hash", BalancingMethod.Hash, BalancingLevels.HashType, "The same server for one key.", "\"$request_uri consistent\""),
        Method("random", BalancingMethod.Random, BalancingLevels.RandomType, "A server drawn by weight; with `two` the better of two.", "\"two least_conn\""),
        Method("least_time", BalancingMethod.LeastTime, BalancingLevels.LeastTimeType, "The server that answers fastest and has the fewest running requests.", "\"header\""),
        Key.Always<UpstreamConfig, int>(
            "keepalive", IntegerType.FromZero, static u => u.Keepalive, static (u, v) => u with { Keepalive = v }, "32",
            "How many idle connections to its servers are kept. 0 keeps none.", "128"),
        Key.Always<UpstreamConfig, int>(
            "keepalive_requests", IntegerType.FromOne, static u => u.KeepaliveRequests, static (u, v) => u with { KeepaliveRequests = v }, "1000",
            "Requests sent on one connection.", "10000"),
        Key.Always<UpstreamConfig, TimeSpan>(
            "keepalive_time", TimeType.Timeout, static u => u.KeepaliveTime, static (u, v) => u with { KeepaliveTime = v }, "\"1h\"",
            "Greatest age of a connection.", "\"30m\""),
        Key.Always<UpstreamConfig, TimeSpan>(
            "keepalive_timeout", TimeType.Timeout, static u => u.KeepaliveTimeout, static (u, v) => u with { KeepaliveTimeout = v }, "\"1m\"",
            "How long an idle connection is kept.", "\"30s\""),
        Key.OptionalRef<UpstreamConfig, QueueConfig>(
            "queue", QueueLevel.Type, static u => u.Queue, static (u, v) => u with { Queue = v }, null,
            "Requests that wait when every server is at `max_conns`. Without it they are answered 502.", "\"100 timeout=10s\""),
        Key.OptionalRef<UpstreamConfig, StickyConfig>(
            "sticky", StickyLevel.Type, static u => u.Sticky, static (u, v) => u with { Sticky = v }, null,
            "A client keeps to the server it got first, by a cookie the gateway sets, as long as that server takes requests.", "\"cookie srv_id expires=1h path=/\""),
        Key.OptionalRef<UpstreamConfig, IReadOnlyList<string>>(
            "resolver", new ListType<string>(new TextType("address", "the IP address of a DNS server, with or without a port; how long names are kept is said by resolver_valid", IsResolver), splits: true),
            static u => u.Resolver.Count == 0 ? null : u.Resolver, static (u, v) => u with { Resolver = v }, null,
            "DNS servers for its host names. Without it those of the system.", "[\"10.0.0.2\"]"),
        Key.Always<UpstreamConfig, TimeSpan>(
            "resolver_timeout", TimeType.Timeout, static u => u.ResolverTimeout, static (u, v) => u with { ResolverTimeout = v }, "\"30s\"",
            "Longest time a lookup may take.", "\"5s\""),
        Key.Always<UpstreamConfig, TimeSpan>(
            "resolver_valid", ResolverValid, static u => u.ResolverValid, static (u, v) => u with { ResolverValid = v }, "\"30s\"",
            "How often the names of servers with `resolve` are looked up again.", "\"10s\"", "nginx `resolver … valid=`"),
        Key.OptionalRef<UpstreamConfig, ZonePhrase>(
            "zone", ZonePhrase.Type, static _ => null, static (u, _) => u, null,
            "Accepted so that it may be kept; needless, since the process has one state for all its threads.", "\"api 64k\""),
    ])
    {
        Complete = Check,
    };

    private static LevelKey<UpstreamConfig> Method(string name, BalancingMethod method, BalancingType type, string summary, string example) =>
        Key.OptionalRef<UpstreamConfig, BalancingConfig>(
            name, type, u => u.Balancing.Method == method ? u.Balancing : null, static (u, v) => v.Method == BalancingMethod.RoundRobin ? u : u with { Balancing = v },
            null, summary, example);

    private static UpstreamConfig Check(UpstreamConfig upstream, BoundKeys bound, BindContext context)
    {
        var methods = bound.Names.Where(Methods.Contains).ToArray();
        if (methods.Length > 1)
        {
            context.Fail(bound.PositionOf(methods[1]), $"found the method '{methods[1]}' beside '{methods[0]}', expected one method");
        }

        var servers = upstream.Servers;
        if (upstream.Balancing.Method is BalancingMethod.IpHash or BalancingMethod.Hash or BalancingMethod.Random)
        {
            foreach (var server in servers)
            {
                Refuse(server.Backup, server, "backup", methods, context);
                Refuse(server.SlowStart > TimeSpan.Zero, server, "slow_start", methods, context);
            }
        }

        if (bound.Has("server") && servers.All(static s => s.Backup))
        {
            context.Fail(bound.PositionOf("server"), "every server is a backup, expected at least one that is not");
        }

        for (var i = 0; i < servers.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (servers[i].Address == servers[j].Address)
                {
                    context.State.Errors.Add(new ConfigError(servers[i].Source, $"{context.Subject}: the server '{servers[i].Address}' is already in this pool at {servers[j].Source}; give it more weight instead"));
                    break;
                }
            }
        }

        return upstream;
    }

    private static void Refuse(bool has, UpstreamServerConfig server, string parameter, string[] methods, BindContext context)
    {
        if (has)
        {
            context.State.Errors.Add(new ConfigError(server.Source, $"{context.Subject}: '{parameter}' of the server '{server.Address}' cannot be used with '{string.Join("', '", methods)}'"));
        }
    }

    private static bool IsResolver(string text)
    {
        if (HostName.TryParseIPv4(text, out _) || HostName.TryParseIPv6(text, out _))
        {
            return true;
        }

        HostName.Split(text, out var host, out var port, out var hasPort);
        var bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        return (bracketed ? HostName.TryParseIPv6(host[1..^1], out _) : HostName.TryParseIPv4(host, out _)) && (!hasPort || HostName.TryParsePort(port, 1, out _));
    }
}
