namespace Balancer.Upstreams;

/// <summary>The averaged times of a server, in milliseconds, as nginx's <c>least_time</c> keeps them. Not synchronised: the pool's gate is held.</summary>
internal sealed class ServerTimes
{
    /// <summary>What one value counts in the average; the sum of those before it counts the rest.</summary>
    private const double Share = 0.05;

    private int _running;
    private long _runningTime;
    private long _runningSince;

    /// <summary>Average time to the head of a response.</summary>
    public long Header { get; private set; }

    /// <summary>Average time to the last byte of a response.</summary>
    public long LastByte { get; private set; }

    /// <summary>Average age of the requests that run.</summary>
    public long Inflight { get; private set; }

    /// <summary>How many requests run.</summary>
    public int Running => _running;

    /// <summary>Takes the times of a successful try into the averages.</summary>
    public void Measure(long header, long lastByte)
    {
        Header = Average(Header, header);
        LastByte = Average(LastByte, lastByte);
    }

    /// <summary>A request begins.</summary>
    public void Begin(long now)
    {
        _runningTime = _running == 0 ? 0 : _runningTime + ((now - _runningSince) * _running);
        _runningSince = now;
        _running++;
    }

    /// <summary>A request that took so long is over.</summary>
    public void End(long now, long duration)
    {
        if (_running <= 1)
        {
            _running = 0;
            return;
        }

        _runningTime = Math.Max(0, _runningTime + ((now - _runningSince) * _running) - duration);
        _runningSince = now;
        _running--;
    }

    /// <summary>Takes the age of the requests that run into its average.</summary>
    public void SampleInflight(long now)
    {
        if (_running > 0)
        {
            Inflight = Average(Inflight, (_runningTime / _running) + (now - _runningSince));
        }
    }

    private static long Average(long average, long value) =>
        average == 0 ? value : (long)(0.5 + (value * Share) + (average * (1 - Share)));
}
