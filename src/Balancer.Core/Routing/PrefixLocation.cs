namespace Balancer.Routing;

/// <summary>A location for all paths that start with its own.</summary>
/// <typeparam name="T">What is kept for a location.</typeparam>
/// <param name="Path">The prefix.</param>
/// <param name="Payload">The location.</param>
/// <param name="EndsSearch">Whether no regular expression is tried (<c>^~</c>).</param>
/// <param name="Parent">Index of the longest other prefix that this one starts with; -1 without one.</param>
internal sealed record PrefixLocation<T>(byte[] Path, T Payload, bool EndsSearch, int Parent);
