namespace Balancer.Tls;

/// <summary>What became of a connection on a port for TLS.</summary>
/// <param name="Connection">The connection; null when it got no further.</param>
/// <param name="Failure">Why it got no further; none when it speaks without TLS, and nothing has been read from it then.</param>
internal readonly record struct TlsAcceptResult(TlsConnection? Connection, TlsFailure Failure);
