using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>The session last offered by one upstream server, to be resumed by the next connection to it. Any thread.</summary>
internal sealed class UpstreamTlsSession
{
    private readonly Lock _lock = new();
    private nint _session;
    private long _usedAt;

    ~UpstreamTlsSession()
    {
        LibSsl.SessionFree(_session);
    }

    /// <summary>When a connection last asked for it, in milliseconds of the system's clock.</summary>
    public long UsedAt
    {
        get => Volatile.Read(ref _usedAt);
        set => Volatile.Write(ref _usedAt, value);
    }

    /// <summary>Takes ownership of a session, in place of the one before; false leaves it to the caller.</summary>
    public bool TryKeep(nint session)
    {
        if (LibSsl.SessionIsResumable(session) != 1)
        {
            return false;
        }

        nint old;
        lock (_lock)
        {
            old = _session;
            _session = session;
        }

        LibSsl.SessionFree(old);
        return true;
    }

    /// <summary>Has a connection that is about to begin resume it, if there is one. OpenSSL takes a reference of its own.</summary>
    public void Resume(nint ssl)
    {
        lock (_lock)
        {
            if (_session != 0)
            {
                _ = LibSsl.SetSession(ssl, _session);
            }
        }
    }
}
