using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>All that a virtual router depends on. For the thread of the heartbeat.</summary>
internal sealed class TrackSet
{
    private const int Owner = 255;
    private readonly int _priority;
    private readonly Track[] _tracks;

    public TrackSet(VrrpInstanceConfig config, IReadOnlyList<VrrpScriptConfig> scripts)
    {
        _priority = config.Priority;
        _tracks =
        [
            .. config.TrackedInterfaces.Select(static pair => new Track(TrackKind.Interface, pair.Key, pair.Value.Value ?? 0)),
            .. config.TrackedUpstreams.Select(static pair => new Track(TrackKind.Upstream, pair.Key, pair.Value.Value ?? 0)),
            .. config.TrackedListeners.Select(static pair => new Track(TrackKind.Listener, pair.Key, pair.Value.Value ?? 0)),
            .. config.TrackedFiles.Select(static pair => new Track(TrackKind.File, pair.Key, pair.Value.Value ?? 0)),
            .. config.TrackedScripts.Select(pair => new Track(TrackKind.Script, pair.Key, pair.Value.Value ?? scripts.First(s => s.Name == pair.Key).Weight)),
        ];
    }

    /// <summary>What is tracked.</summary>
    public IReadOnlyList<Track> All => _tracks;

    /// <summary>
    /// The priority with what is tracked: 1 to 254, or 255 for an owner, whom nothing changes. A group has the lowest of its members, and what one tracks weighs for
    /// all of it, each thing once: were one of them alone below the other gateway, the others would take it back, again and again.
    /// </summary>
    /// <param name="group">What the other instances of its group track.</param>
    public byte PriorityIn(IEnumerable<TrackSet> group)
    {
        if (_priority == Owner)
        {
            return Owner;
        }

        TrackSet[] all = [this, .. group];
        var delta = all.SelectMany(static set => set._tracks).DistinctBy(static t => (t.Kind, t.Name)).Sum(static t => t.Delta);
        return (byte)Math.Clamp(all.Min(static set => set._priority) + delta, 1, Owner - 1);
    }

    /// <summary>What forbids to be master now; null when nothing does.</summary>
    public Track? Fault => Array.Find(_tracks, static t => t.IsFault);

    /// <summary>Notes how something does.</summary>
    /// <returns>It, when that is news here; else null.</returns>
    public Track? Note(TrackKind kind, string name, int failure)
    {
        var track = Array.Find(_tracks, t => t.Kind == kind && t.Name == name);
        if (track is null || track.Failure == failure)
        {
            return null;
        }

        track.Failure = failure;
        return track;
    }
}
