namespace Balancer.Harness;

/// <summary>Scenarios that keep the machine busy run one after another and with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class HeavyLoad
{
    /// <summary>The collection's name.</summary>
    public const string Name = "heavy load";
}
