using System.Security.Cryptography;
using Balancer.Infrastructure;

namespace Balancer.Access.Passwords;

/// <summary><c>$apr1$salt$digest</c>: the scheme of <c>htpasswd -m</c> and <c>openssl passwd -apr1</c>, a thousand rounds of MD5.</summary>
internal sealed class ApachePassword(byte[] salt, byte[] digest) : PasswordHash
{
    /// <summary>What a line starts with.</summary>
    public const string Prefix = "$apr1$";

    /// <summary>Letters of the digest.</summary>
    public const int DigestLength = 22;

    /// <summary>Greatest length of the salt.</summary>
    public const int MaxSaltLength = 8;

    private const int Rounds = 1000;

    /// <summary>The letters a digest is written in, least first.</summary>
    public const string Letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> text = stackalloc byte[DigestLength];
        Digest(password, text);
        return CryptographicOperations.FixedTimeEquals(text, digest);
    }

#pragma warning disable CA5351 // The format of the file.
    private void Digest(ReadOnlySpan<byte> password, Span<byte> text)
    {
        var input = new ByteBuffer(256);
        Span<byte> sum = stackalloc byte[MD5.HashSizeInBytes];
        input.Append(password);
        input.Append(salt);
        input.Append(password);
        MD5.HashData(input.Written, sum);

        input.Clear();
        input.Append(password);
        input.Append("$apr1$"u8);
        input.Append(salt);
        for (var left = password.Length; left > 0; left -= sum.Length)
        {
            input.Append(sum[..Math.Min(left, sum.Length)]);
        }

        for (var bits = password.Length; bits > 0; bits >>= 1)
        {
            input.Append((bits & 1) != 0 ? (byte)0 : password[0]);
        }

        MD5.HashData(input.Written, sum);
        for (var round = 0; round < Rounds; round++)
        {
            input.Clear();
            input.Append((round & 1) != 0 ? password : sum);
            if (round % 3 != 0)
            {
                input.Append(salt);
            }

            if (round % 7 != 0)
            {
                input.Append(password);
            }

            input.Append((round & 1) != 0 ? sum : password);
            MD5.HashData(input.Written, sum);
        }

        Write(sum, text);
    }
#pragma warning restore CA5351

    // Three bytes make four letters, taken in an order of their own; the last byte makes two.
    private static void Write(ReadOnlySpan<byte> sum, Span<byte> text)
    {
        var at = 0;
        for (var i = 0; i < 5; i++)
        {
            var group = (sum[i] << 16) | (sum[i + 6] << 8) | sum[i == 4 ? 5 : i + 12];
            at = Write(group, 4, text, at);
        }

        Write(sum[11], 2, text, at);
    }

    private static int Write(int value, int count, Span<byte> text, int at)
    {
        for (; count > 0; count--, value >>= 6)
        {
            text[at++] = (byte)Letters[value & 0x3F];
        }

        return at;
    }
}
