namespace Balancer.Observability.Status;

/// <summary>A <c>[[server]]</c> block.</summary>
/// <param name="Names">Its names as configured.</param>
/// <param name="Listen">The addresses it listens on.</param>
/// <param name="Locations">Its locations in the order of the file.</param>
internal sealed record VirtualServerStatus(IReadOnlyList<string> Names, IReadOnlyList<string> Listen, IReadOnlyList<LocationStatus> Locations);
