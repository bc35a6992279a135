using System.Security.Cryptography;

namespace Balancer.Access.Passwords;

/// <summary>
/// Credentials that were found right a moment ago, so that not every request of a client pays for its password. Kept as keyed digests
/// alone, for a few seconds, as many as there are slots: two that share one forget each other. Any thread; no lock, and a look-up
/// allocates nothing.
/// </summary>
internal sealed class VerdictCache
{
    /// <summary>Milliseconds for which credentials need not be verified again: so long a user may still come in who was taken out of the file.</summary>
    public const long Lifetime = 10_000;

    private const int Slots = 1024;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>Whether these credentials were found right of late.</summary>
    /// <param name="credentials">The value of the Authorization field.</param>
    /// <param name="now">Milliseconds of a clock that does not jump.</param>
    public bool Contains(ReadOnlySpan<byte> credentials, long now)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, credentials, digest);
        return Volatile.Read(ref Slot(digest)) is { } entry && now < entry.End && CryptographicOperations.FixedTimeEquals(digest, entry.Digest);
    }

    /// <summary>Notes credentials that are right.</summary>
    public void Add(ReadOnlySpan<byte> credentials, long now)
    {
        var digest = HMACSHA256.HashData(_key, credentials);
        Volatile.Write(ref Slot(digest), new Entry(digest, now + Lifetime));
    }

    private ref Entry? Slot(ReadOnlySpan<byte> digest) => ref _entries[((digest[0] << 8) | digest[1]) & (Slots - 1)];

    private sealed record Entry(byte[] Digest, long End);
}
