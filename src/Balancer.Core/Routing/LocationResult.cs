namespace Balancer.Routing;

/// <summary>The location for a path.</summary>
/// <typeparam name="T">What is kept for a location.</typeparam>
/// <param name="Outcome">What was found.</param>
/// <param name="Payload">The location, when there is one.</param>
/// <param name="Captures">Captures of its regular expression, the whole match first; null without groups.</param>
/// <param name="CaptureNames">Names of the captures by index; null when none has one.</param>
/// <param name="RedirectPath">With <see cref="LocationOutcome.AddSlash"/> the path to redirect to, encoded.</param>
internal readonly record struct LocationResult<T>(
    LocationOutcome Outcome,
    T? Payload,
    string[]? Captures = null,
    string?[]? CaptureNames = null,
    byte[]? RedirectPath = null);
