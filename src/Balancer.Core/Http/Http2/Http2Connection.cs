using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>
/// What the gateway adds to an HTTP/2 connection that the engine runs: idle timeout, limits of age and number of requests, drain.
/// <code>
///   open ──idle, limit or drain──► leaving ──no stream, or a second──► closing ──last stream ends──► closed
///            (GOAWAY, streams go on)            (no new streams)
/// </code>
/// A connection that is lost is closed at once, whatever it was.
/// </summary>
internal sealed class Http2Connection : TimeoutEntry, IDrainable
{
    /// <summary>Milliseconds the engine may take to close when no stream is left: a client that reads nothing keeps it from writing.</summary>
    private const long CloseTimeout = 5_000;

    /// <summary>
    /// Milliseconds the engine may take to let go of a connection that is gone. When it cut it because the client did not take the resets
    /// it had coming, it sometimes waits for ever for streams whose end it has thrown away itself.
    /// </summary>
    private const long AbandonTimeout = 1_000;

    /// <summary>Milliseconds a client may take to close its side when all is said, before the connection is closed on it.</summary>
    private const long LingerTimeout = 1_000;

    private readonly ConnectionContext _context;
    private readonly Http2Watch _watch;
    private readonly Http2BlockDeadline _block;
    private readonly TimeoutWheel _wheel;
    private readonly Lock _lock = new();
    private readonly HashSet<LinkedGuard> _linked = [];
    private readonly List<(int Stream, IFeatureCollection Features)> _tooSlow = [];
    private readonly long _openedAt;
    private readonly CancellationTokenRegistration _closed;
    private Http2Phase _phase;
    private int _requestsRunning;
    private long _quietSince;
    private long _keepaliveTimeout;
    private long _sendTimeout = 60_000;
    private long _sendMinRate;
    private long _restSince;
    private long _restSentBefore;
    private long _framesSent;
    private long _requests;
    private volatile bool _isCut;

    public Http2Connection(ConnectionContext context, DownstreamConnection info, DownstreamService service, Http2Limits limits, TimeoutWheel wheel)
        : base(wheel)
    {
        _context = context;
        _wheel = wheel;
        _openedAt = _quietSince = wheel.Clock.Milliseconds;
        _keepaliveTimeout = service.HeaderTimeout;
        Info = info;
        Service = service;
        Limits = limits;
        _watch = new Http2Watch(limits, wheel.Clock);
        _block = new Http2BlockDeadline(wheel, _watch, service);
        Transport = new Http2Transport(context, this, _watch, _block);
        SetDeadline(_keepaliveTimeout);
        _closed = context.ConnectionClosed.UnsafeRegister(static state => ((Http2Connection)state!).OnClosed(), this);
    }

    /// <summary>The limits of the engine that serves it.</summary>
    public Http2Limits Limits { get; }

    /// <summary>The connection as the engine sees it.</summary>
    public Http2Transport Transport { get; }

    /// <summary>What its requests share.</summary>
    public DownstreamConnection Info { get; }

    /// <summary>What requests are handed to.</summary>
    public DownstreamService Service { get; }

    /// <summary>Whether the gateway itself has cut the connection.</summary>
    public bool IsCut => _isCut;

    /// <summary>How old the connection is, in milliseconds.</summary>
    public long Age => _wheel.Clock.Milliseconds - _openedAt;

    /// <summary>A request has arrived.</summary>
    public Http2Downstream Begin(IFeatureCollection features)
    {
        lock (_lock)
        {
            _requestsRunning++;
            Info.Requests = ++_requests;
            if (_phase == Http2Phase.Open)
            {
                WatchRests();
            }
        }

        if (Service.IsDraining)
        {
            Leave();
        }

        var downstream = WorkerPool<Http2Downstream>.Rent();
        downstream.Attach(this, features, _wheel);
        return downstream;
    }

    /// <summary>A request is over; what was written may still wait for the client to take it.</summary>
    public void End(Http2Downstream downstream)
    {
        var (keepaliveTimeout, sendTimeout, sendMinRate) = (downstream.KeepaliveTimeout, downstream.SendTimeout, downstream.SendPace.MinRate);
        var hasRest = _watch.NoteRest(downstream.Stream, downstream.Features, sendTimeout, sendMinRate);
        downstream.Detach();
        WorkerPool<Http2Downstream>.Return(downstream);
        lock (_lock)
        {
            _requestsRunning--;
            if (_requestsRunning > 0)
            {
                if (hasRest && _phase is Http2Phase.Open or Http2Phase.Closing)
                {
                    WatchRests();
                }

                return;
            }

            _keepaliveTimeout = keepaliveTimeout;
            _sendTimeout = sendTimeout;
            _sendMinRate = sendMinRate;
            _restSentBefore = _watch.BytesSent;
            _quietSince = _restSince = _wheel.Clock.Milliseconds;
            if (_phase == Http2Phase.Open)
            {
                SetDeadline(Math.Max(1, Math.Min(Math.Min(keepaliveTimeout, sendTimeout), _watch.LeftForRests())));
            }
            else if (_phase == Http2Phase.Closing)
            {
                SetDeadline(CloseTimeout);
            }
        }
    }

    /// <summary>Tells the client to open no more streams here. Those it has opened, and those on their way, are served.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_phase != Http2Phase.Open)
            {
                return;
            }

            _phase = Http2Phase.Leaving;
            SetDeadline(Service.DrainIdleTimeout);
        }

        Transport.AnnounceClose();
    }

    /// <inheritdoc/>
    public void Drain() => Leave();

    /// <inheritdoc/>
    public void Abort()
    {
        _isCut = true;
        lock (_lock)
        {
            foreach (var linked in _linked)
            {
                linked.Interrupt();
            }
        }

        _context.Abort();
    }

    /// <summary>Has a guard interrupted when the connection is cut.</summary>
    public LinkedGuard Link(IoGuard guard)
    {
        var linked = new LinkedGuard(guard, guard.Lease);
        lock (_lock)
        {
            _linked.Add(linked);
        }

        if (_isCut)
        {
            linked.Interrupt();
        }

        return linked;
    }

    /// <summary>Ends what <see cref="Link"/> began.</summary>
    public void Unlink(LinkedGuard linked)
    {
        lock (_lock)
        {
            _linked.Remove(linked);
        }
    }

    /// <summary>Closes the connection, which the engine is done with.</summary>
    public async ValueTask CloseAsync()
    {
        _closed.Unregister();
        ClearDeadline();
        _block.ClearDeadline();
        if (Transport.IsCutOff && !_isCut)
        {
            _watch.Condemn(Http2Fault.Backlog);
        }

        if (_watch.Fault != Http2Fault.None || _watch.Code != Http2ErrorCode.NoError)
        {
            Service.OnHttp2Error(Info, _watch.Fault, _watch.Code);
        }

        if (!_isCut && !Transport.IsAborted)
        {
            await LingerAsync();
        }

        await AwaitSenderAsync();
        await _context.Transport.Input.CompleteAsync();
        await _context.Transport.Output.CompleteAsync();
        await _context.DisposeAsync();
    }

    /// <summary>Waits until what the engine wrote last is sent: until then the connection's writer has another user.</summary>
    private async ValueTask AwaitSenderAsync()
    {
        var sending = Transport.WhenSentAsync();
        if (sending.IsCompleted)
        {
            return;
        }

        var guard = new IoGuard(_wheel);
        guard.BeginFlush(_context.Transport.Output, CloseTimeout);
        await sending;
        if (guard.Expired)
        {
            _context.Abort();
        }

        guard.End();
    }

    /// <summary>Reads and throws away what still comes until the client has closed: else the kernel would reset the connection, and the client lose what was said last.</summary>
    private async ValueTask LingerAsync()
    {
        var input = _context.Transport.Input;
        var deadline = _wheel.Clock.Milliseconds + LingerTimeout;
        var guard = new IoGuard(_wheel);
        try
        {
            for (var left = LingerTimeout; left > 0 && !_isCut; left = deadline - _wheel.Clock.Milliseconds)
            {
                guard.BeginRead(input, left);
                var read = await input.ReadAsync();
                guard.End();
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            // The client has closed: that is what was waited for.
            guard.End();
        }
    }

    /// <inheritdoc/>
    protected override void OnDeadline()
    {
        Http2Phase next;
        (int Stream, IFeatureCollection Features)[] tooSlow = [];
        lock (_lock)
        {
            next = AfterDeadline();
            if (_tooSlow.Count > 0)
            {
                tooSlow = [.. _tooSlow];
                _tooSlow.Clear();
            }
        }

        foreach (var (stream, features) in tooSlow)
        {
            if (Http2Downstream.TryResetRest(stream, features))
            {
                Service.OnHttp2RestReset(Info, stream);
            }
        }

        switch (next)
        {
            case Http2Phase.Leaving:
                Leave();
                break;
            case Http2Phase.Closing:
                Transport.RequestClose();
                break;
            case Http2Phase.Closed:
                _isCut = true;
                _context.Abort();
                break;
            case Http2Phase.Abandoned:
                Transport.Abandon();
                break;
        }
    }

    private void OnClosed()
    {
        lock (_lock)
        {
            _phase = Http2Phase.Closed;
            SetDeadline(AbandonTimeout);
        }
    }

    /// <summary>What the end of a deadline leads to; Open when to nothing.</summary>
    private Http2Phase AfterDeadline()
    {
        if (_phase == Http2Phase.Closed)
        {
            return _requestsRunning > 0 ? Await(AbandonTimeout, Http2Phase.Closed) : Http2Phase.Abandoned;
        }

        if (_phase == Http2Phase.Leaving)
        {
            _phase = Http2Phase.Closing;
            SetDeadline(CloseTimeout);
            return Http2Phase.Closing;
        }

        if (_requestsRunning > 0)
        {
            // Those that run watch over themselves; the rests of others have no one else. Only where a reset does not help all must go.
            return _watch.TryPickSlow(_tooSlow, CloseTimeout) ? WatchRests() : AwaitRests(0);
        }

        var now = _wheel.Clock.Milliseconds;
        if (_watch.OpenStreams > 0)
        {
            // The rest of responses waits for the client, which must take some of it within send_timeout, and after that as much as send_min_rate says.
            if (_watch.FramesSent != _framesSent)
            {
                _framesSent = _watch.FramesSent;
                _quietSince = now;
            }

            var waited = now - _restSince;
            var isTooSlow = waited >= _sendTimeout && (_watch.BytesSent - _restSentBefore) * 1000 < _sendMinRate * waited;
            return AwaitRests(isTooSlow ? 0 : Math.Min(_watch.LeftForRests(), _quietSince + _sendTimeout - now));
        }

        return _phase == Http2Phase.Open ? Await(_quietSince + _keepaliveTimeout - now, Http2Phase.Leaving) : Http2Phase.Closed;
    }

    /// <summary>While requests run there is no deadline but that of responses whose requests are over.</summary>
    private Http2Phase WatchRests()
    {
        var left = _watch.LeftForRests();
        if (left == long.MaxValue)
        {
            ClearDeadline();
        }
        else
        {
            SetDeadline(Math.Max(1, left));
        }

        return Http2Phase.Open;
    }

    private Http2Phase AwaitRests(long milliseconds)
    {
        var next = Await(milliseconds, Http2Phase.Closed);
        if (next == Http2Phase.Closed)
        {
            _watch.Condemn(Http2Fault.SlowRead);
        }

        return next;
    }

    private Http2Phase Await(long milliseconds, Http2Phase next)
    {
        if (milliseconds <= 0)
        {
            return next;
        }

        SetDeadline(milliseconds);
        return Http2Phase.Open;
    }
}
