namespace Balancer.Configuration;

/// <summary>A trailer of <c>add_trailer</c>.</summary>
/// <param name="Value">Its text, which may hold variables; an empty one removes the trailer inherited.</param>
/// <param name="Always">Whether responses of any status get it; else those of 200, 201, 206, 301 to 304, 307 and 308.</param>
public sealed record TrailerConfig(ConfigText Value, bool Always);
