using System.Net;

namespace Balancer.Configuration;

/// <summary>A line of <c>virtual_ipaddress</c>.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of its network. 32 or 128 when not written.</param>
/// <param name="Device">The interface it is added to; null is that of the instance.</param>
/// <param name="Label">The label of an IPv4 address, as <c>ip addr</c> shows it; null has none.</param>
public sealed record VrrpAddressConfig(IPAddress Address, int PrefixLength, string? Device, string? Label);
