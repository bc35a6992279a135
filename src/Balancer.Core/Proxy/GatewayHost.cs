using Balancer.Configuration;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>
/// The running gateway: listeners, the snapshot requests run on, and its replacement at a reload. The daemon drives it; it knows nothing of signals or the command line.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private GatewayHost()
    {
    }

    /// <summary>Whether <see cref="StopAsync"/> has begun: probes answer 503 from then on.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Checks all that a start would, without binding an address: variables, upstream names, regular expressions, log files.</summary>
    /// <returns>Every fault found; empty when the configuration would start.</returns>
    public static IReadOnlyList<ConfigError> Check(GatewayConfig config) => throw new NotImplementedException();

    /// <summary>Builds the snapshot, binds all listeners and starts to serve.</summary>
    /// <exception cref="GatewayConfigException">The configuration has faults, or an address cannot be bound; nothing is left running.</exception>
    public static Task<GatewayHost> StartAsync(GatewayConfig config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Replaces the snapshot: new listeners are bound first, dropped ones stop accepting, running requests finish on the old snapshot.</summary>
    /// <returns>Every fault found; when there is any, nothing has changed.</returns>
    public Task<IReadOnlyList<ConfigError>> ReloadAsync(GatewayConfig config, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Opens the access log files anew (after logrotate moved them).</summary>
    public void ReopenLogs() => throw new NotImplementedException();

    /// <summary>Stops accepting, lets running requests finish for up to <paramref name="drain"/>, then aborts what is left. Zero aborts at once.</summary>
    /// <returns>How many requests had to be aborted.</returns>
    public Task<int> StopAsync(TimeSpan drain) => throw new NotImplementedException();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);
}
