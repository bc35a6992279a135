using Balancer.Http.Patterns;

namespace Balancer.Routing;

/// <summary>A location for all paths a regular expression is found in.</summary>
/// <typeparam name="T">What is kept for a location.</typeparam>
/// <param name="Pattern">The expression.</param>
/// <param name="Payload">The location.</param>
internal sealed record RegexLocation<T>(BytePattern Pattern, T Payload);
