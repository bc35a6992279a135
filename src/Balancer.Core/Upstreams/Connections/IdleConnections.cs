using Balancer.Infrastructure;

namespace Balancer.Upstreams.Connections;

/// <summary>
/// The idle connections of one pool (<c>keepalive</c> and its companions): a stripe per worker, each with the
/// connections in the order of their last use, so that cores share a lock only when one has run out.
/// </summary>
/// <remarks>
/// The capacity counts over all stripes. When it is exceeded the least recently used connection of the worker's own
/// stripe is closed; nginx does the same in the cache of its worker process.
/// </remarks>
internal sealed class IdleConnections
{
    private readonly CoarseClock _clock;
    private readonly Stripe[] _stripes;
    private int _count;
    private int _capacity;
    private int _maxRequests;
    private long _maxAge;
    private long _idleTimeout;

    public IdleConnections(CoarseClock clock)
    {
        _clock = clock;
        _stripes = new Stripe[Worker.Count];
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe(i);
        }
    }

    /// <summary>How many connections are idle.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Applies the pool's keys; at load and at every reload. Times in milliseconds; 0 means no limit.</summary>
    public void Configure(int capacity, int maxRequests, long maxAge, long idleTimeout)
    {
        _maxRequests = maxRequests;
        _maxAge = maxAge;
        _idleTimeout = idleTimeout;
        Volatile.Write(ref _capacity, capacity);
        while (Count > capacity && TryEvict(Worker.Index))
        {
        }
    }

    /// <summary>The most recently used idle connection to a server that is still open and silent; null when there is none.</summary>
    public UpstreamConnection? Take(ServerConnections server)
    {
        if (server.Idle == 0)
        {
            return null;
        }

        var own = Worker.Index;
        for (var i = 0; i < _stripes.Length; i++)
        {
            var stripe = _stripes[(own + i) & (_stripes.Length - 1)];
            while (stripe.Take(server) is { } connection)
            {
                Interlocked.Decrement(ref _count);
                if (IsFresh(connection) && connection.IsQuiet())
                {
                    return connection;
                }

                connection.Close();
            }
        }

        return null;
    }

    /// <summary>Keeps a connection whose response was read to the end, or closes it when a limit says so.</summary>
    public void Put(UpstreamConnection connection)
    {
        if (connection.Owner.IsRetired
            || _capacity == 0
            || connection.Requests >= _maxRequests
            || (_maxAge > 0 && _clock.Milliseconds - connection.CreatedAt >= _maxAge))
        {
            connection.Close();
            return;
        }

        connection.IdleSince = _clock.Milliseconds;
        var own = Worker.Index;
        _stripes[own].Add(connection);
        if (Interlocked.Increment(ref _count) > Volatile.Read(ref _capacity))
        {
            TryEvict(own);
        }

        if (connection.Owner.IsRetired)
        {
            CloseAll(connection.Owner);
        }
    }

    /// <summary>Closes what has been idle for too long or was closed by its server. Called about once a second.</summary>
    public void Sweep()
    {
        foreach (var stripe in _stripes)
        {
            stripe.CloseWhere(static (pool, c) => !pool.IsFresh(c) || !c.IsQuiet(), this, ref _count);
        }
    }

    /// <summary>Closes the idle connections to a server that left the configuration.</summary>
    public void CloseAll(ServerConnections server)
    {
        server.IsRetired = true;
        foreach (var stripe in _stripes)
        {
            stripe.CloseWhere(static (owner, c) => c.Owner.BelongsTo(owner), server, ref _count);
        }
    }

    /// <summary>Closes all idle connections.</summary>
    public void CloseAll()
    {
        foreach (var stripe in _stripes)
        {
            stripe.CloseWhere(static (_, _) => true, 0, ref _count);
        }
    }

    private bool IsFresh(UpstreamConnection connection) =>
        _idleTimeout <= 0 || _clock.Milliseconds - connection.IdleSince < _idleTimeout;

    private bool TryEvict(int own)
    {
        for (var i = 0; i < _stripes.Length; i++)
        {
            if (_stripes[(own + i) & (_stripes.Length - 1)].TakeOldest() is { } oldest)
            {
                Interlocked.Decrement(ref _count);
                oldest.Close();
                return true;
            }
        }

        return false;
    }

    private sealed class Stripe(int index)
    {
        private readonly Lock _lock = new();
        private UpstreamConnection? _newest;
        private UpstreamConnection? _oldest;

        public void Add(UpstreamConnection connection)
        {
            lock (_lock)
            {
                connection.Stripe = index;
                connection.OlderInStripe = _newest;
                if (_newest is null)
                {
                    _oldest = connection;
                }
                else
                {
                    _newest.NewerInStripe = connection;
                }

                _newest = connection;
                ref var newestOfServer = ref connection.Owner.NewestInStripe[index];
                connection.OlderOfServer = newestOfServer;
                newestOfServer?.NewerOfServer = connection;
                newestOfServer = connection;
                connection.Owner.OnIdle();
            }
        }

        public UpstreamConnection? Take(ServerConnections server)
        {
            if (Volatile.Read(ref server.NewestInStripe[index]) is null)
            {
                return null;
            }

            lock (_lock)
            {
                var connection = server.NewestInStripe[index];
                if (connection is not null)
                {
                    Unlink(connection);
                }

                return connection;
            }
        }

        public UpstreamConnection? TakeOldest()
        {
            lock (_lock)
            {
                var connection = _oldest;
                if (connection is not null)
                {
                    Unlink(connection);
                }

                return connection;
            }
        }

        public void CloseWhere<TState>(Func<TState, UpstreamConnection, bool> predicate, TState state, ref int count)
        {
            UpstreamConnection? closing = null;
            lock (_lock)
            {
                for (var connection = _oldest; connection is not null;)
                {
                    var newer = connection.NewerInStripe;
                    if (predicate(state, connection))
                    {
                        Unlink(connection);
                        connection.OlderInStripe = closing;
                        closing = connection;
                    }

                    connection = newer;
                }
            }

            // Closing runs code of the transport; not under the lock.
            while (closing is not null)
            {
                var next = closing.OlderInStripe;
                closing.OlderInStripe = null;
                Interlocked.Decrement(ref count);
                closing.Close();
                closing = next;
            }
        }

        private void Unlink(UpstreamConnection connection)
        {
            if (connection.NewerInStripe is null)
            {
                _newest = connection.OlderInStripe;
            }
            else
            {
                connection.NewerInStripe.OlderInStripe = connection.OlderInStripe;
            }

            if (connection.OlderInStripe is null)
            {
                _oldest = connection.NewerInStripe;
            }
            else
            {
                connection.OlderInStripe.NewerInStripe = connection.NewerInStripe;
            }

            if (connection.NewerOfServer is null)
            {
                connection.Owner.NewestInStripe[index] = connection.OlderOfServer;
            }
            else
            {
                connection.NewerOfServer.OlderOfServer = connection.OlderOfServer;
            }

            connection.OlderOfServer?.NewerOfServer = connection.NewerOfServer;
            connection.NewerInStripe = connection.OlderInStripe = null;
            connection.NewerOfServer = connection.OlderOfServer = null;
            connection.Stripe = -1;
            connection.Owner.OnTaken();
        }
    }
}
