using System.Security.Cryptography;
using System.Text;

namespace Balancer.Access.Passwords;

/// <summary>A password in a format of crypt(3), which the system's library computes: bcrypt (<c>$2y$</c>), SHA-256 and SHA-512 (<c>$5$</c>, <c>$6$</c>), yescrypt (<c>$y$</c>) and older ones.</summary>
internal sealed class SystemPassword(string setting) : PasswordHash
{
    private readonly byte[] _setting = [.. Encoding.ASCII.GetBytes(setting), 0];

    public override bool Matches(ReadOnlySpan<byte> password)
    {
        // The library reads up to the first NUL, so that a password with one would match by what is before it.
        if (password.Contains((byte)0))
        {
            return false;
        }

        Span<byte> found = stackalloc byte[LibCrypt.MaxLength];
        var length = LibCrypt.Compute(password, _setting, found);
        return CryptographicOperations.FixedTimeEquals(found[..length], _setting.AsSpan(0, _setting.Length - 1));
    }
}
