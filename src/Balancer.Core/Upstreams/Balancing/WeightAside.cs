namespace Balancer.Upstreams.Balancing;

/// <summary>What <see cref="SmoothWeights"/> knows about a server beside its arrays, in units of weight.</summary>
internal struct WeightAside
{
    /// <summary>The weight.</summary>
    public int Weight;

    /// <summary>What the effective weight may grow to.</summary>
    public int Ceiling;

    /// <summary>The effective weight while closed.</summary>
    public int Effective;

    /// <summary>The current weight while closed.</summary>
    public int Current;

    /// <summary>Whether the server takes part.</summary>
    public bool IsOpen;
}
