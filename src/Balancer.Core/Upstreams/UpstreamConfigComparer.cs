using Balancer.Configuration;

namespace Balancer.Upstreams;

/// <summary>Tells whether a pool changed from one configuration to the next; where it stands in the file does not matter.</summary>
internal static class UpstreamConfigComparer
{
    private static readonly IReadOnlyList<UpstreamServerConfig> s_noServers = [];
    private static readonly IReadOnlyList<string> s_noResolver = [];

    /// <summary>Whether the pools are the same, key by key.</summary>
    public static bool AreSame(UpstreamConfig a, UpstreamConfig b) =>
        Bare(a) == Bare(b)
        && a.Balancing.HashKey?.Value == b.Balancing.HashKey?.Value
        && a.Resolver.SequenceEqual(b.Resolver)
        && a.Servers.Select(Bare).SequenceEqual(b.Servers.Select(Bare));

    private static UpstreamConfig Bare(UpstreamConfig config) => config with
    {
        Location = SourceLocation.None,
        Servers = s_noServers,
        Resolver = s_noResolver,
        Balancing = config.Balancing with { HashKey = null },
    };

    private static UpstreamServerConfig Bare(UpstreamServerConfig config) => config with { Source = SourceLocation.None };
}
