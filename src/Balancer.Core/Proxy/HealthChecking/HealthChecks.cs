namespace Balancer.Proxy.HealthChecking;

/// <summary>The active checks of the gateway. What they have found out outlives reloads.</summary>
internal sealed class HealthChecks(GatewayServices services) : IAsyncDisposable
{
    private Dictionary<string, HealthChecker> _checkers = new(StringComparer.Ordinal);

    /// <summary>Goes by another snapshot, whose pools are in use already.</summary>
    public void Configure(IReadOnlyList<HealthCheck> checks)
    {
        var next = new Dictionary<string, HealthChecker>(StringComparer.Ordinal);
        foreach (var check in checks)
        {
            if (_checkers.Remove(check.Identity, out var checker) && checker.TryContinue(check))
            {
                next[check.Identity] = checker;
                continue;
            }

            checker?.Stop();
            next[check.Identity] = new HealthChecker(check, services);
        }

        foreach (var checker in _checkers.Values)
        {
            checker.Stop();
        }

        _checkers = next;
        foreach (var checker in next.Values)
        {
            checker.Start();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var checker in _checkers.Values)
        {
            await checker.DisposeAsync();
        }
    }
}
