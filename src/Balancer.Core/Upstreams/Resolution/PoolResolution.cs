using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;

namespace Balancer.Upstreams.Resolution;

/// <summary>Turns the <c>server</c> lines of a pool into addresses.</summary>
internal static class PoolResolution
{
    /// <summary>Every address of every line, in the order written; IPv4 before IPv6 within a line, as nginx has them.</summary>
    /// <param name="config">The pool.</param>
    /// <param name="resolver">What looks the host name of a line up.</param>
    /// <param name="time">Measures <c>resolver_timeout</c>.</param>
    /// <param name="known">Answers for a line instead of looking it up; null for lines that are to be looked up.</param>
    /// <param name="failed">Called for each line whose name has no address.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<List<ResolvedServer>> ResolveAsync(
        UpstreamConfig config,
        Func<UpstreamServerConfig, IHostResolver> resolver,
        TimeProvider time,
        Func<UpstreamServerConfig, IReadOnlyList<EndPoint>?> known,
        Action<UpstreamServerConfig> failed,
        CancellationToken cancel)
    {
        var lines = await Task.WhenAll(config.Servers.Select(async server => (Server: server, EndPoints: known(server) ?? await ResolveAsync(server, config.ResolverTimeout, resolver(server), time, cancel))));
        var resolved = new List<ResolvedServer>(lines.Length);
        foreach (var (server, endPoints) in lines)
        {
            if (endPoints.Count == 0)
            {
                failed(server);
            }

            resolved.AddRange(endPoints.Select(endPoint => new ResolvedServer(server, endPoint)));
        }

        return resolved;
    }

    /// <summary>
    /// The addresses a pool goes on with after its names were looked up again: those that stay keep their order, so that the turns of
    /// round robin are disturbed as little as can be; a line without an answer keeps all it had.
    /// </summary>
    public static List<ResolvedServer> Settle(IReadOnlyList<UpstreamServerConfig> lines, UpstreamServer[] current, IReadOnlyList<ResolvedServer> resolved)
    {
        var settled = new List<ResolvedServer>(resolved.Count);
        foreach (var line in lines)
        {
            var had = current.Where(server => ReferenceEquals(server.Config, line)).Select(server => server.EndPoint).ToList();
            var has = resolved.Where(server => ReferenceEquals(server.Config, line)).Select(server => server.EndPoint).ToList();
            var next = has.Count == 0 ? had : had.Where(has.Contains).Concat(has.Where(address => !had.Contains(address)));
            settled.AddRange(next.Select(endPoint => new ResolvedServer(line, endPoint)));
        }

        return settled;
    }

    private static async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync(UpstreamServerConfig server, TimeSpan timeout, IHostResolver resolver, TimeProvider time, CancellationToken cancel)
    {
        if (server.UnixPath is not null)
        {
            return [new UnixDomainSocketEndPoint(server.UnixPath)];
        }

        if (IPAddress.TryParse(server.Host, out var literal))
        {
            return [new IPEndPoint(literal, server.Port)];
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var addresses = await resolver.ResolveAsync(server.Host!, linked.Token);
            return [.. addresses
                .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                .Distinct()
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)
                .Select(address => new IPEndPoint(address, server.Port))];
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return [];
        }
    }
}
