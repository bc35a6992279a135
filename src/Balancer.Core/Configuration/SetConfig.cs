namespace Balancer.Configuration;

/// <summary>One variable of <c>set</c>.</summary>
/// <param name="Source">Where its name stands.</param>
/// <param name="Name">The name, without the dollar sign.</param>
/// <param name="Value">The value; may hold variables.</param>
public sealed record SetConfig(SourceLocation Source, string Name, ConfigText Value);
