namespace Balancer.Daemon.Admin;

/// <summary>Whether the gateway should be sent traffic.</summary>
/// <param name="IsDraining">It is stopping.</param>
/// <param name="UnavailableUpstreams">Pools without any server that could take a request.</param>
internal sealed record Readiness(bool IsDraining, IReadOnlyList<string> UnavailableUpstreams)
{
    /// <summary>Whether it should.</summary>
    public bool IsReady => !IsDraining && UnavailableUpstreams.Count == 0;
}
