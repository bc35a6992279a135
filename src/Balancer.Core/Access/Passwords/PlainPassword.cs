using System.Security.Cryptography;

namespace Balancer.Access.Passwords;

/// <summary><c>{PLAIN}</c>: the password itself (RFC 2307 names the scheme, nginx takes it).</summary>
internal sealed class PlainPassword(byte[] password) : PasswordHash
{
    private readonly byte[] _digest = SHA256.HashData(password);

    public override bool Matches(ReadOnlySpan<byte> password)
    {
        // Of digests, so that the time does not tell the length either.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
