namespace Balancer.Observability.Logging;

/// <summary>Opens destinations in memory and remembers them by path.</summary>
internal sealed class MemoryOpener : ILogDestinationOpener
{
    public Dictionary<string, List<MemoryDestination>> Opened { get; } = [];

    public HashSet<string> Failing { get; } = [];

    public ILogDestination Open(string path)
    {
        if (Failing.Contains(path))
        {
            throw new IOException("Permission denied");
        }

        var destination = new MemoryDestination();
        if (!Opened.TryGetValue(path, out var list))
        {
            Opened[path] = list = [];
        }

        list.Add(destination);
        return destination;
    }
}
