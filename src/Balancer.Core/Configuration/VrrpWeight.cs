namespace Balancer.Configuration;

/// <summary>What something tracked does to the priority.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="Value">-253 to 253: a positive one is added while it works, a negative one while it does not. 0: while it does not work the instance is in fault. Null: as the script says.</param>
public readonly record struct VrrpWeight(SourceLocation Source, int? Value);
