namespace Balancer.Configuration;

/// <summary><c>use_vmac</c>: whether the addresses have the hardware address of the virtual router.</summary>
/// <param name="IsUsed">Whether they have.</param>
/// <param name="Name">The name of the interface that is made for it; null is the usual one.</param>
public sealed record VrrpVmacConfig(bool IsUsed, string? Name);
