using System.Security.Cryptography;

namespace Balancer.Access.Passwords;

/// <summary><c>{SHA}</c> and <c>{SSHA}</c>: SHA-1 of the password and a salt (RFC 2307), the salt empty for the former.</summary>
internal sealed class ShaPassword(byte[] digest, byte[] salt) : PasswordHash
{
    public override bool Matches(ReadOnlySpan<byte> password)
    {
        var text = new byte[password.Length + salt.Length];
        password.CopyTo(text);
        salt.CopyTo(text, password.Length);
        Span<byte> found = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The format of the file.
        SHA1.HashData(text, found);
#pragma warning restore CA5350
        CryptographicOperations.ZeroMemory(text);
        return CryptographicOperations.FixedTimeEquals(found, digest);
    }
}
