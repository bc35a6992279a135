namespace Balancer.Tls;

/// <summary>One key of session tickets.</summary>
internal sealed class TicketKey
{
    /// <summary>Bytes of a name.</summary>
    public const int NameLength = 16;

    /// <summary>What a ticket says it was made with.</summary>
    public required byte[] Name { get; init; }

    /// <summary>The key of AES-256-CBC.</summary>
    public required byte[] CipherKey { get; init; }

    /// <summary>The key of HMAC-SHA256.</summary>
    public required byte[] MacKey { get; init; }
}
