namespace Balancer.Observability.Status;

/// <summary>A location.</summary>
/// <param name="Path">Its text as configured; empty for what is answered outside any location.</param>
/// <param name="Upstream">The pool requests go to; null when the location answers itself.</param>
/// <param name="Requests">Requests so far, by class of the status: none, 1xx to 5xx.</param>
internal sealed record LocationStatus(string Path, string? Upstream, IReadOnlyList<long> Requests);
