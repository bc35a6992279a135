namespace Balancer.Limits;

/// <summary>The zones of the process. A reload takes those over whose name, key and size stay as they are.</summary>
internal sealed class LimitZones(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Type Kind, string Name, string Key, long Size), LimitZone> _zones = [];
    private IReadOnlyList<LimitZone> _inUse = [];

    /// <summary>The clock of all zones.</summary>
    public LimitClock Clock { get; } = new(time);

    /// <summary>The zones of the snapshot in use; any thread.</summary>
    public IReadOnlyList<LimitZone> InUse => Volatile.Read(ref _inUse);

    /// <summary>A zone of <c>limit_req</c>, made when it is asked for the first time. Called while a snapshot is built.</summary>
    public RequestZone Requests(string name, string key, long size) => Find(name, key, size, static (n, k, s) => new RequestZone(n, k, s));

    /// <summary>A zone of <c>limit_conn</c>, made when it is asked for the first time. Called while a snapshot is built.</summary>
    public ConnectionZone Connections(string name, string key, long size) => Find(name, key, size, static (n, k, s) => new ConnectionZone(n, k, s));

    /// <summary>Forgets all zones but those of the snapshot in use. Called after a snapshot took over or was given up.</summary>
    public void Retain(IReadOnlyList<LimitZone> inUse)
    {
        lock (_lock)
        {
            foreach (var (id, zone) in _zones)
            {
                if (!inUse.Contains(zone))
                {
                    _zones.Remove(id);
                }
            }
        }

        Volatile.Write(ref _inUse, inUse);
    }

    private T Find<T>(string name, string key, long size, Func<string, string, long, T> make)
        where T : LimitZone
    {
        lock (_lock)
        {
            var id = (typeof(T), name, key, size);
            if (!_zones.TryGetValue(id, out var zone))
            {
                _zones[id] = zone = make(name, key, size);
            }

            return (T)zone;
        }
    }
}
