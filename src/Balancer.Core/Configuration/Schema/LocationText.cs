using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The <c>path</c> of a location, as written and taken apart.</summary>
/// <param name="Text">As written.</param>
/// <param name="Path">Its modifier and pattern.</param>
internal sealed record LocationText(ConfigText Text, LocationPath Path);
