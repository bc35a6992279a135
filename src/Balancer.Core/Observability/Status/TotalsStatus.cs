namespace Balancer.Observability.Status;

/// <summary>Sums over the whole gateway.</summary>
/// <param name="ConnectionsAccepted">Client connections so far.</param>
/// <param name="ConnectionsActive">Client connections open.</param>
/// <param name="Requests">Requests answered so far.</param>
/// <param name="RequestsInFlight">Requests being served.</param>
/// <param name="ReceivedBytes">Bytes received from clients.</param>
/// <param name="SentBytes">Bytes sent to clients.</param>
internal sealed record TotalsStatus(long ConnectionsAccepted, long ConnectionsActive, long Requests, long RequestsInFlight, long ReceivedBytes, long SentBytes);
