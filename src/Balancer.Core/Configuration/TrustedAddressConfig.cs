using System.Net;

namespace Balancer.Configuration;

/// <summary>One entry of <c>set_real_ip_from</c>.</summary>
/// <param name="Network">The network (a single address is a /32 or /128); null for <c>unix:</c>, every peer on a unix socket.</param>
public sealed record TrustedAddressConfig(IPNetwork? Network);
