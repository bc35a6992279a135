namespace Balancer.Upstreams.Resolution;

/// <summary>The types of DNS records we ask for or follow (RFC 1035 section 3.2.2, RFC 3596).</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>Another name of the same.</summary>
    CName = 5,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,
}
