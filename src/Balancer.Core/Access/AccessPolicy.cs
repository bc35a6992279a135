namespace Balancer.Access;

/// <summary>Who may use a location: what nginx's access phase asks, compiled. Immutable.</summary>
internal sealed class AccessPolicy
{
    /// <summary><c>allow</c> and <c>deny</c>; null without any.</summary>
    public AddressRules? Addresses { get; init; }

    /// <summary><c>auth_basic</c>; null without.</summary>
    public BasicAuthentication? Basic { get; init; }

    /// <summary><c>auth_request</c>; null without.</summary>
    public AuthRequest? Request { get; init; }

    /// <summary><c>satisfy any</c>: one check that lets the client in is enough.</summary>
    public bool IsAnyEnough { get; init; }

    /// <summary>Milliseconds that a 401 is held back (<c>auth_delay</c>); 0 for none.</summary>
    public long Delay { get; init; }
}
