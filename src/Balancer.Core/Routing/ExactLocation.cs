namespace Balancer.Routing;

/// <summary>A location reached by one path alone.</summary>
/// <typeparam name="T">What is kept for a location.</typeparam>
/// <param name="Path">The path.</param>
/// <param name="Payload">The location.</param>
/// <param name="RedirectPath">The path to redirect to, when the location's own path is this one and a slash.</param>
internal sealed record ExactLocation<T>(byte[] Path, T Payload, byte[]? RedirectPath = null);
