namespace Balancer.Configuration;

/// <summary>One rule of <c>allow</c>, <c>deny</c> or <c>access</c>.</summary>
/// <param name="Allows">Whether it lets in or keeps out.</param>
/// <param name="Address">Whom it is about; null for <c>all</c>.</param>
public sealed record AccessRuleConfig(bool Allows, TrustedAddressConfig? Address)
{
    /// <summary>The word for every client.</summary>
    public const string All = "all";

    /// <summary>The rule as nginx writes it.</summary>
    public override string ToString() => $"{(Allows ? "allow" : "deny")} {(Address is null ? All : Address.Network is { } network ? Text(network) : "unix:")}";

    private static string Text(System.Net.IPNetwork network) =>
        network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8 ? network.BaseAddress.ToString() : network.ToString();
}
