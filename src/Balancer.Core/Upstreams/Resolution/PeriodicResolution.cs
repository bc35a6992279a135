using System.Net;
using Balancer.Configuration;
using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams.Resolution;

/// <summary>Looks the names of servers with <c>resolve</c> up again every <c>resolver_valid</c>, and gives the pool the addresses when they have changed.</summary>
internal sealed class PeriodicResolution : IDisposable
{
    private readonly Upstream _upstream;
    private readonly Func<UpstreamServerConfig, IHostResolver> _resolver;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();

    public PeriodicResolution(Upstream upstream, Func<UpstreamServerConfig, IHostResolver> resolver, TimeProvider time, ILogger logger)
    {
        _upstream = upstream;
        _resolver = resolver;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether a pool has a name to look up again.</summary>
    public static bool IsNeededFor(UpstreamConfig config) => config.Servers.Any(server => server.Resolve);

    /// <summary>Begins; ends with <see cref="Dispose"/>.</summary>
    public void Start() => _ = RunAsync();

    /// <inheritdoc/>
    public void Dispose() => _stop.Cancel();

    /// <summary>Looks all names up once. A name without an answer keeps the addresses it has.</summary>
    public async Task ResolveAsync(CancellationToken cancel)
    {
        var current = _upstream.Servers.All;
        var resolved = await PoolResolution.ResolveAsync(
            _upstream.Config,
            _resolver,
            _time,
            server => server.Resolve ? null : AddressesOf(server),
            server => ResolutionLog.NotResolved(_logger, _upstream.Name, server.Address),
            cancel);
        var next = PoolResolution.Settle(_upstream.Config.Servers, current, resolved);
        if (next.Select(server => server.Address).SequenceEqual(current.Select(server => server.Address)))
        {
            return;
        }

        if (UpstreamServerSet.Check(next, _upstream.Config.Balancing) is { } fault)
        {
            ResolutionLog.Refused(_logger, _upstream.Name, fault);
            return;
        }

        _upstream.ReplaceServers(next);
        var gained = next.Select(server => server.Address).Except(current.Select(server => server.Address));
        var lost = current.Select(server => server.Address).Except(next.Select(server => server.Address));
        ResolutionLog.Changed(_logger, _upstream.Name, Join(gained), Join(lost));

        EndPoint[] AddressesOf(UpstreamServerConfig line) => [.. current.Where(server => ReferenceEquals(server.Config, line)).Select(server => server.EndPoint)];
    }

    private static string Join(IEnumerable<string> addresses) => string.Join(' ', addresses) is { Length: > 0 } text ? text : "none";

    private async Task TryResolveAsync()
    {
        try
        {
            await ResolveAsync(_stop.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            ResolutionLog.Failed(_logger, _upstream.Name, error);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_upstream.Config.ResolverValid, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await TryResolveAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed of: the pool has left the configuration.
        }
    }
}
