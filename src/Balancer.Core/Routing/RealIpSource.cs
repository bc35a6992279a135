namespace Balancer.Routing;

/// <summary>Where the address of a client behind trusted proxies is read (<c>real_ip_header</c>).</summary>
internal enum RealIpSource : byte
{
    /// <summary>The first field of a name.</summary>
    Field,

    /// <summary>All X-Forwarded-For fields, as one list.</summary>
    ForwardedFor,

    /// <summary>The PROXY protocol header of the connection.</summary>
    ProxyProtocol,
}
