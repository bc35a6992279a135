using Microsoft.AspNetCore.Connections;

namespace Balancer.Tls;

/// <summary>What became of a handshake with an upstream server.</summary>
/// <param name="Connection">The connection; null when it failed.</param>
/// <param name="IsTimeout">Whether it took too long.</param>
/// <param name="Reason">Why it failed, for the log.</param>
internal readonly record struct UpstreamTlsResult(ConnectionContext? Connection, bool IsTimeout, string Reason);
