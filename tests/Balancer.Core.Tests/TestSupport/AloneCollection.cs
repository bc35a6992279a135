namespace Balancer.TestSupport;

/// <summary>Tests that measure the whole process: they run one by one, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "alone";
}
