namespace Balancer.Routing;

/// <summary>The virtual server for a host.</summary>
/// <typeparam name="T">What is kept for a virtual server.</typeparam>
/// <param name="Payload">The virtual server.</param>
/// <param name="Captures">Captures of the regular expression its name is, the whole match first; null without groups.</param>
/// <param name="CaptureNames">Names of the captures by index; null when none has one.</param>
internal readonly record struct VirtualServerResult<T>(T Payload, string[]? Captures = null, string?[]? CaptureNames = null);
