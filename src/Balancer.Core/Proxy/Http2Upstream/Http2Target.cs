using Balancer.Tls;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>A server as HTTP/2 speaks with it.</summary>
/// <param name="Owner">Its connections, those with the same TLS.</param>
/// <param name="Settings">What connections are made with.</param>
/// <param name="Upstream">The name of the pool, for the log.</param>
/// <param name="Address">The server's address as text.</param>
/// <param name="Tls">How to set up TLS; null speaks without.</param>
/// <param name="TlsName">The name asked for and verified; null without TLS.</param>
internal readonly record struct Http2Target(ServerConnections Owner, Http2ClientSettings Settings, string Upstream, string Address, UpstreamTlsContext? Tls, string? TlsName);
