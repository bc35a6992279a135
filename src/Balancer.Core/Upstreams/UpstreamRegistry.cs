using Balancer.Configuration;
using Balancer.Upstreams.Resolution;

namespace Balancer.Upstreams;

/// <summary>
/// The pools of one snapshot. Built beside the running one, which it leaves untouched until <see cref="Activate"/>:
/// pools that did not change are the same objects, in those that did the servers that stay keep their state.
/// </summary>
internal sealed class UpstreamRegistry
{
    private readonly Dictionary<string, Upstream> _byName;
    private readonly List<(Upstream Upstream, IReadOnlyList<ResolvedServer> Addresses)> _reused;
    private readonly UpstreamRegistry? _previous;

    private UpstreamRegistry(Dictionary<string, Upstream> byName, List<(Upstream Upstream, IReadOnlyList<ResolvedServer> Addresses)> reused, UpstreamRegistry? previous)
    {
        _byName = byName;
        _reused = reused;
        _previous = previous;
        All = [.. byName.Values];
    }

    /// <summary>The pools in the order of the configuration.</summary>
    public IReadOnlyList<Upstream> All { get; }

    /// <summary>Compiles the pools and looks up the host names of their servers.</summary>
    /// <param name="configs">The pools; names are unique.</param>
    /// <param name="previous">The registry in use; null at start.</param>
    /// <param name="services">Clock, log and resolver.</param>
    /// <param name="errors">Receives every fault found; with any the registry must not be activated.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<UpstreamRegistry> BuildAsync(
        IReadOnlyList<UpstreamConfig> configs,
        UpstreamRegistry? previous,
        UpstreamServices services,
        List<ConfigError> errors,
        CancellationToken cancel)
    {
        var byName = new Dictionary<string, Upstream>(StringComparer.OrdinalIgnoreCase);
        var reused = new List<(Upstream, IReadOnlyList<ResolvedServer>)>();
        var resolutions = await Task.WhenAll(configs.Select(config => ResolveAsync(config, services, cancel)));
        foreach (var (config, servers, faults) in resolutions)
        {
            errors.AddRange(faults);
            if (faults.Count > 0)
            {
                continue;
            }

            if (byName.ContainsKey(config.Name))
            {
                errors.Add(new ConfigError(config.Location, $"upstream '{config.Name}' is defined twice; names of upstreams do not differ by case alone"));
                continue;
            }

            var old = previous?.Find(config.Name);
            if (old is not null && UpstreamConfigComparer.AreSame(old.Config, config))
            {
                byName.Add(config.Name, old);
                reused.Add((old, WithLinesOf(old.Config, config, servers)));
            }
            else
            {
                byName.Add(config.Name, new Upstream(config, servers, old, services));
            }
        }

        return new UpstreamRegistry(byName, reused, previous);
    }

    /// <summary>The pool of a name, case-insensitive; null when there is none.</summary>
    public Upstream? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Takes over from the previous registry: from now on health and counts are followed here. Requests that run on the old pools go on.</summary>
    public void Activate()
    {
        foreach (var upstream in All)
        {
            upstream.Activate(_previous?.Find(upstream.Name));
        }

        foreach (var (upstream, addresses) in _reused)
        {
            upstream.ReplaceServers(PoolResolution.Settle(upstream.Config.Servers, upstream.Servers.All, addresses));
        }

        foreach (var old in _previous?.All ?? [])
        {
            if (Find(old.Name) is null)
            {
                old.Retire();
            }
        }
    }

    /// <summary>Stops what runs in the background and closes idle connections; at the end of the process.</summary>
    public void Retire()
    {
        foreach (var upstream in All)
        {
            upstream.Retire();
        }
    }

    /// <summary>The same addresses as belonging to the lines of the pool that stays, which differ from the new ones by their place in the file alone.</summary>
    private static List<ResolvedServer> WithLinesOf(UpstreamConfig staying, UpstreamConfig config, List<ResolvedServer> servers)
    {
        var lines = new Dictionary<object, UpstreamServerConfig>(ReferenceEqualityComparer.Instance);
        foreach (var (line, stayingLine) in config.Servers.Zip(staying.Servers))
        {
            lines.Add(line, stayingLine);
        }

        return [.. servers.Select(server => server with { Config = lines[server.Config] })];
    }

    private static async Task<(UpstreamConfig Config, List<ResolvedServer> Servers, List<ConfigError> Faults)> ResolveAsync(UpstreamConfig config, UpstreamServices services, CancellationToken cancel)
    {
        var faults = new List<ConfigError>();
        var servers = await PoolResolution.ResolveAsync(
            config,
            server => services.Resolver(config, server),
            services.Clock.Time,
            static _ => null,
            server => faults.Add(new ConfigError(server.Source, $"host not found in upstream '{config.Name}': '{server.Address}'; expected an address or a name that resolves")),
            cancel);
        if (faults.Count == 0 && UpstreamServerSet.Check(servers, config.Balancing) is { } fault)
        {
            faults.Add(new ConfigError(config.Location, $"upstream '{config.Name}': {fault}"));
        }

        return (config, servers, faults);
    }
}
