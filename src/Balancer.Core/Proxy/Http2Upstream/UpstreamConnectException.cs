using Balancer.Http;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>Carries the reason a connection could not be made through the framework's client.</summary>
internal sealed class UpstreamConnectException(ProxyError error) : IOException($"no connection: {error}")
{
    /// <summary>Why.</summary>
    public ProxyError Error { get; } = error;
}
