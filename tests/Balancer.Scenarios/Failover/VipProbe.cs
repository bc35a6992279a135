using System.Diagnostics;

namespace Balancer.Failover;

/// <summary>
/// Asks for something on the virtual address every 5 ms from the client of a segment, whatever became of the attempts before. All of it is done by one thread of its
/// own that never blocks: what it sees is how the gateways do, not how busy this process is.
/// </summary>
internal abstract class VipProbe : IDisposable
{
    /// <summary>Between two attempts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>An answer that comes later is none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // Until then the runtime compiles what the probe itself needs.
    private const int WarmSuccesses = 20;

    private readonly Dictionary<string, int> _answers = [];
    private readonly List<long> _starts = [];
    private readonly HashSet<int> _succeeded = [];
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SegmentHost _client;
    private Thread? _thread;
    private volatile bool _stopping;

    protected VipProbe(SegmentHost client) => _client = client;

    /// <summary>Starts to ask, and returns when answers come; the report is of the time from the first of them.</summary>
    public async Task StartAsync()
    {
        _thread = new Thread(() => Segment.Run(_client, Loop)) { IsBackground = true };
        _thread.Start();
        await Harness.Deadline.WaitAsync(_warm.Task, () => $"the virtual address answers; {Report()}");
    }

    /// <summary>Goes on until the gap that something has torn is over: for at least <paramref name="atLeast"/>, and until attempts succeed again.</summary>
    public async Task<ProbeReport> FinishAsync(TimeSpan atLeast)
    {
        await Task.Delay(atLeast);
        var start = Stopwatch.GetTimestamp();
        await Harness.Deadline.UntilAsync(() => HasSucceededSince(start), () => $"the virtual address answers again; {Report()}", TimeSpan.FromSeconds(90));
        Stop();
        return Report();
    }

    /// <summary>What was seen so far.</summary>
    public ProbeReport Report()
    {
        lock (_lock)
        {
            var gap = 0L;
            var pause = 0L;
            var first = _succeeded.Count > 0 ? _succeeded.Min() : _starts.Count;
            var last = first < _starts.Count ? _starts[first] : 0;
            for (var i = first + 1; i < _starts.Count; i++)
            {
                pause = Math.Max(pause, _starts[i] - _starts[i - 1]);
                if (_succeeded.Contains(i))
                {
                    gap = Math.Max(gap, _starts[i] - last);
                    last = _starts[i];
                }
            }

            return new ProbeReport(Stopwatch.GetElapsedTime(0, gap), Stopwatch.GetElapsedTime(0, pause), _starts.Count - first, _succeeded.Count, new SortedDictionary<string, int>(_answers));
        }
    }

    public void Dispose()
    {
        Stop();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes an attempt without waiting for its outcome.</summary>
    protected abstract void Attempt(int number);

    /// <summary>Looks what became of attempts, without waiting.</summary>
    protected abstract void Settle();

    /// <summary>Closes what is open.</summary>
    protected abstract void Close();

    /// <summary>Whether it is too late for an answer to an attempt.</summary>
    protected bool IsLate(int number)
    {
        lock (_lock)
        {
            return Stopwatch.GetElapsedTime(_starts[number]) > Patience;
        }
    }

    /// <summary>Tells that an attempt was answered.</summary>
    protected void Succeed(int number, string? gateway)
    {
        lock (_lock)
        {
            if (number >= _starts.Count || Stopwatch.GetElapsedTime(_starts[number]) > Patience || !_succeeded.Add(number))
            {
                return;
            }

            if (gateway is not null)
            {
                _answers[gateway] = _answers.GetValueOrDefault(gateway) + 1;
            }

            if (_succeeded.Count >= WarmSuccesses)
            {
                _warm.TrySetResult();
            }
        }
    }

    private bool HasSucceededSince(long start)
    {
        lock (_lock)
        {
            return _succeeded.Any(number => _starts[number] > start);
        }
    }

    private int Loop()
    {
        for (var number = 0; !_stopping; number++)
        {
            lock (_lock)
            {
                _starts.Add(Stopwatch.GetTimestamp());
            }

            Attempt(number);
            Thread.Sleep(Interval);
            Settle();
        }

        Close();
        return 0;
    }

    private void Stop()
    {
        if (!_stopping)
        {
            _stopping = true;
            _thread?.Join();
        }
    }
}
