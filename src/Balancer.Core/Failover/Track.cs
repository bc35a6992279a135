namespace Balancer.Failover;

/// <summary>One thing a virtual router depends on.</summary>
/// <param name="kind">What kind of thing.</param>
/// <param name="name">Its name.</param>
/// <param name="weight">-253 to 253; 0 makes its failure a fault.</param>
internal sealed class Track(TrackKind kind, string name, int weight)
{
    /// <summary>What kind of thing.</summary>
    public TrackKind Kind { get; } = kind;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>0 while it works as it should: of a file the number in it.</summary>
    public int Failure { get; set; }

    /// <summary>What is added to the priority now.</summary>
    public int Delta => Kind == TrackKind.File ? Math.Clamp(Failure, -1000, 1000) * weight : weight > 0 == (Failure == 0) ? weight : 0;

    /// <summary>Whether it forbids to be master now.</summary>
    public bool IsFault => weight == 0 && Failure != 0;

    /// <summary>The thing, for messages.</summary>
    public override string ToString() => Kind switch
    {
        TrackKind.Interface => $"interface {Name}",
        TrackKind.Upstream => $"upstream {Name}",
        TrackKind.Listener => $"listener {Name}",
        TrackKind.Script => $"script {Name}",
        _ => $"file {Name}",
    };
}
