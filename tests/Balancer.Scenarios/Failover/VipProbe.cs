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

    // More than the machine is ever late.
    private static readonly TimeSpan RealGap = TimeSpan.FromMilliseconds(150);

    // Until then the runtime compiles what the probe itself needs.
    private const int WarmSuccesses = 20;

    private readonly Dictionary<string, int> _answers = [];
    private readonly List<long> _starts = [];
    private readonly HashSet<int> _succeeded = [];
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SegmentHost _client;
    private int _from;
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

    /// <summary>Forgets what was seen: the report is of the time from the latest success on.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _from = _starts.Count - 1;
            while (_from > 0 && !_succeeded.Contains(_from))
            {
                _from--;
            }
        }
    }

    /// <summary>Goes on until attempts were not answered for a while since <see cref="Restart"/>, and then are again.</summary>
    /// <returns>What was seen.</returns>
    public async Task<ProbeReport> WaitForGapAsync()
    {
        await Harness.Deadline.UntilAsync(() => Report().LongestGap > RealGap, () => $"there is a gap and it ends; {Report()}");
        await WaitForAnswersAsync();
        return Report();
    }

    /// <summary>Waits until attempts made from now on are answered.</summary>
    public async Task WaitForAnswersAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await Harness.Deadline.UntilAsync(() => HasSucceededSince(start), () => $"the virtual address answers; {Report()}", TimeSpan.FromSeconds(90));
    }

    /// <summary>Goes on until the gap that something has torn is over: for at least <paramref name="atLeast"/>, and until attempts succeed again.</summary>
    public async Task<ProbeReport> FinishAsync(TimeSpan atLeast)
    {
        await Task.Delay(atLeast);
        await WaitForAnswersAsync();
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
            var first = _from;
            while (first < _starts.Count && !_succeeded.Contains(first))
            {
                first++;
            }

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

            return new ProbeReport(Stopwatch.GetElapsedTime(0, gap), Stopwatch.GetElapsedTime(0, pause), _starts.Count - first, _succeeded.Count(n => n >= first), new SortedDictionary<string, int>(_answers));
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
