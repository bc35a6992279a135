using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Upstreams;

/// <summary>
/// What one request knows while it is balanced: the servers it tried, the tries it has left and what hash methods read.
/// Reusable and owned by one request at a time; <see cref="Upstream.Begin"/> makes it ready.
/// </summary>
internal sealed class PickContext
{
    private TriedSet _tried;
    private TriedSet _triedBackup;
    private byte[] _key = [];
    private int _keyLength;
    private byte[] _session = [];
    private int _sessionLength;
    private QueueWaiter? _waiter;

    /// <summary>The client's address, for <c>ip_hash</c>. Set before the first pick.</summary>
    public ClientAddress? Client { get; set; }

    /// <summary>How many tries are left, the running one included (nginx's <c>pc.tries</c>): no next server is asked for when it is 0 after a release.</summary>
    public int TriesLeft { get; internal set; }

    /// <summary>Why the last pick gave no server.</summary>
    public PickFailure Failure { get; internal set; }

    /// <summary>The wait of <see cref="Upstream.WaitAsync"/>, to be ended when the request's time in the queue is over or its client has gone.</summary>
    public IInterruptible Wait => Waiter;

    /// <summary>The servers this request picks from: those of the moment it began.</summary>
    internal UpstreamServerSet Servers { get; private set; } = null!;

    /// <summary>Whether the primary servers gave none and the request picks from the backup servers now.</summary>
    internal bool OnBackup { get; private set; }

    /// <summary>Whether no server of the current group was tried: the first pick.</summary>
    internal bool NoneTried => OnBackup ? _triedBackup.IsEmpty : _tried.IsEmpty;

    /// <summary>The state of <c>ip_hash</c> and <c>hash</c> from one pick of the request to the next.</summary>
    internal uint Hash { get; set; }

    /// <summary>How often the hash was computed anew.</summary>
    internal int Rehash { get; set; }

    /// <summary>How many servers the method passed over; beyond 20 it is round robin.</summary>
    internal int Misses { get; set; }

    /// <summary>The value of <c>hash</c>'s key for this request.</summary>
    internal ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>The session the client named (<c>sticky</c>); empty without one.</summary>
    internal ReadOnlySpan<byte> Session => _session.AsSpan(0, _sessionLength);

    /// <summary>The place in a queue.</summary>
    internal QueueWaiter Waiter => _waiter ??= new QueueWaiter(this);

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

    /// <summary>Sets the session the client names, before the first pick; empty for none.</summary>
    public void SetSession(ReadOnlySpan<byte> token)
    {
        _sessionLength = 0;
        if (token.Length is > 0 and <= StickySessions.MaxLength)
        {
            if (_session.Length == 0)
            {
                _session = new byte[StickySessions.MaxLength];
            }

            token.CopyTo(_session);
            _sessionLength = token.Length;
        }
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
        _tried.Clear(servers.Primary.Servers.Length);
        _triedBackup.Clear(servers.Backup?.Servers.Length ?? 1);
    }

    /// <summary>Goes on with the backup servers.</summary>
    internal void SwitchToBackup() => OnBackup = true;

    /// <summary>Asks once more from the start, after a wait in the queue: of the newest servers if none was tried yet.</summary>
    internal void AskAgain(UpstreamServerSet newest)
    {
        OnBackup = false;
        Misses = 0;
        if (Servers != newest && _tried.IsEmpty && _triedBackup.IsEmpty)
        {
            Begin(newest, TriesLeft);
        }
    }

    /// <summary>Whether any server was tried, primary or backup.</summary>
    internal bool HasTriedAny => !_tried.IsEmpty || !_triedBackup.IsEmpty;

    /// <summary>Whether the server at <paramref name="index"/> of the current group was tried.</summary>
    internal bool IsTried(int index) => OnBackup ? _triedBackup.Contains(index) : _tried.Contains(index);

    /// <summary>Notes that the server at <paramref name="index"/> of the current group is tried now.</summary>
    internal void MarkTried(int index)
    {
        if (OnBackup)
        {
            _triedBackup.Add(index);
        }
        else
        {
            _tried.Add(index);
        }
    }
}
