using Balancer.Http;

namespace Balancer.Upstreams;

/// <summary>
/// What one request knows while it is balanced: the servers it tried, the tries it has left and what hash methods read.
/// Reusable and owned by one request at a time; <see cref="Upstream.Begin"/> makes it ready.
/// </summary>
internal sealed class PickContext
{
    private ulong _tried;
    private ulong[]? _triedBeyond;
    private byte[] _key = [];
    private int _keyLength;

    /// <summary>The client's address, for <c>ip_hash</c>. Set before the first pick.</summary>
    public ClientAddress? Client { get; set; }

    /// <summary>How many tries are left, the running one included (nginx's <c>pc.tries</c>): no next server is asked for when it is 0 after a release.</summary>
    public int TriesLeft { get; internal set; }

    /// <summary>Why the last pick gave no server.</summary>
    public PickFailure Failure { get; internal set; }

    /// <summary>The servers this request picks from: those of the moment it began.</summary>
    internal UpstreamServerSet Servers { get; private set; } = null!;

    /// <summary>Whether the primary servers gave none and the request picks from the backup servers now.</summary>
    internal bool OnBackup { get; private set; }

    /// <summary>Whether no server of the current group was tried: the first pick.</summary>
    internal bool NoneTried { get; private set; }

    /// <summary>The state of <c>ip_hash</c> and <c>hash</c> from one pick of the request to the next.</summary>
    internal uint Hash { get; set; }

    /// <summary>How often the hash was computed anew.</summary>
    internal int Rehash { get; set; }

    /// <summary>How many servers the method passed over; beyond 20 it is round robin.</summary>
    internal int Misses { get; set; }

    /// <summary>The value of <c>hash</c>'s key for this request.</summary>
    internal ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Sets the value of the pool's hash key; needed before the first pick when <see cref="Upstream.NeedsKey"/>.</summary>
    public void SetKey(ReadOnlySpan<byte> key)
    {
        if (_key.Length < key.Length)
        {
            _key = new byte[Math.Max(128, key.Length)];
        }

        key.CopyTo(_key);
        _keyLength = key.Length;
    }

    /// <summary>Makes the context ready for a request's first pick.</summary>
    internal void Begin(UpstreamServerSet servers, int tries)
    {
        Servers = servers;
        TriesLeft = tries;
        Failure = PickFailure.None;
        OnBackup = false;
        Hash = 0;
        Rehash = 0;
        Misses = 0;
        ForgetTried(servers.LargestGroup);
    }

    /// <summary>Goes on with the backup servers, of which none was tried.</summary>
    internal void SwitchToBackup()
    {
        OnBackup = true;
        ForgetTried(Servers.LargestGroup);
    }

    /// <summary>Whether the server at <paramref name="index"/> of the current group was tried.</summary>
    internal bool IsTried(int index) =>
        ((index < 64 ? _tried : _triedBeyond![(index >> 6) - 1]) & (1UL << (index & 63))) != 0;

    /// <summary>Notes that the server at <paramref name="index"/> of the current group is tried now.</summary>
    internal void MarkTried(int index)
    {
        NoneTried = false;
        if (index < 64)
        {
            _tried |= 1UL << index;
        }
        else
        {
            _triedBeyond![(index >> 6) - 1] |= 1UL << (index & 63);
        }
    }

    private void ForgetTried(int groupSize)
    {
        if (!NoneTried)
        {
            NoneTried = true;
            _tried = 0;
            if (_triedBeyond is not null)
            {
                Array.Clear(_triedBeyond);
            }
        }

        var words = (groupSize - 1) >> 6;
        if (words > 0 && (_triedBeyond is null || _triedBeyond.Length < words))
        {
            _triedBeyond = new ulong[words];
        }
    }
}
