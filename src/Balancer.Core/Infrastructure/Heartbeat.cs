namespace Balancer.Infrastructure;

/// <summary>
/// The one timer of the gateway: every 25 ms it refreshes the clock, expires deadlines and runs what registered for it.
/// </summary>
/// <remarks>
/// On the system's time it has a thread of its own: forty times a second a timer would wake a worker of the thread pool, which
/// then spins for more work (6 % of the processor of a gateway on one core), and a saturated pool would stop all timeouts.
/// </remarks>
internal sealed class Heartbeat : IDisposable
{
    /// <summary>Milliseconds between two beats.</summary>
    public const int PeriodMilliseconds = 25;

    private readonly ITimer? _timer;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Lock _lock = new();
    private Action[] _actions = [];
    private long _beats;
    private int _beating;
    private int _disposed;

    public Heartbeat(TimeProvider time)
    {
        Clock = new CoarseClock(time);
        Wheel = new TimeoutWheel(Clock);
        if (time == TimeProvider.System)
        {
            new Thread(Run) { IsBackground = true, Name = "heartbeat" }.Start();
        }
        else
        {
            var period = TimeSpan.FromMilliseconds(PeriodMilliseconds);
            _timer = time.CreateTimer(static state => ((Heartbeat)state!).Beat(), this, period, period);
        }
    }

    /// <summary>The clock this heartbeat refreshes.</summary>
    public CoarseClock Clock { get; }

    /// <summary>The deadlines this heartbeat expires.</summary>
    public TimeoutWheel Wheel { get; }

    /// <summary>How often it has beaten; a watchdog sees by it that the process is alive.</summary>
    public long Beats => Volatile.Read(ref _beats);

    /// <summary>Runs <paramref name="action"/> at every beat until the result is disposed. It must be short and must not throw.</summary>
    public IDisposable Register(Action action)
    {
        lock (_lock)
        {
            _actions = [.. _actions, action];
        }

        return new Registration(this, action);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_timer is null)
        {
            // The thread disposes of the event when it has seen it.
            _stop.Set();
            return;
        }

        _timer.Dispose();
        _stop.Dispose();
    }

    /// <summary>One beat. A beat that takes longer than the period makes the next one be skipped.</summary>
    public void Beat()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0)
        {
            return;
        }

        Clock.Refresh();
        Wheel.Advance();
        foreach (var action in Volatile.Read(ref _actions))
        {
            action();
        }

        Volatile.Write(ref _beats, _beats + 1);
        Volatile.Write(ref _beating, 0);
    }

    private void Run()
    {
        while (!_stop.WaitOne(PeriodMilliseconds))
        {
            Beat();
        }

        _stop.Dispose();
    }

    private void Unregister(Action action)
    {
        lock (_lock)
        {
            _actions = [.. _actions.Where(a => a != action)];
        }
    }

    private sealed class Registration(Heartbeat heartbeat, Action action) : IDisposable
    {
        public void Dispose() => heartbeat.Unregister(action);
    }
}
