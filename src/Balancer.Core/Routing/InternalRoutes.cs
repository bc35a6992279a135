namespace Balancer.Routing;

/// <summary>
/// Where redirects within the gateway lead in one virtual server. Its locations hold it, so that one that fails knows where its error page is;
/// so it is made before them, and filled once when they are compiled.
/// </summary>
internal sealed class InternalRoutes
{
    private readonly Dictionary<string, Location> _named = new(StringComparer.Ordinal);

    /// <summary>The server.</summary>
    public VirtualServer Server { get; private set; } = null!;

    /// <summary>The location of a name, its at sign included; null when there is none.</summary>
    public Location? Find(string name) => _named.GetValueOrDefault(name);

    /// <summary>Adds a named location. Only while the server is compiled.</summary>
    /// <returns>False when it has one of that name.</returns>
    public bool TryAdd(string name, Location location) => _named.TryAdd(name, location);

    /// <summary>The server is compiled.</summary>
    public void Complete(VirtualServer server) => Server = server;
}
