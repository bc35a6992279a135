namespace Balancer.Observability.Status;

/// <summary>A pool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">How servers are chosen, as the configuration says it.</param>
/// <param name="QueueLength">Requests that wait for a server.</param>
/// <param name="IdleConnections">Connections kept for further requests, to all servers.</param>
/// <param name="Servers">Its servers in the order of the file.</param>
internal sealed record UpstreamStatus(string Name, string Method, int QueueLength, int IdleConnections, IReadOnlyList<UpstreamServerStatus> Servers)
{
    /// <summary>Whether any server is given requests.</summary>
    public bool IsAvailable => Servers.Any(server => server.State == UpstreamServerCondition.Up);
}
