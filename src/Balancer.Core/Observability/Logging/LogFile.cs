using Balancer.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

/// <summary>
/// One log destination and the thread that writes it.
/// <code>
///  worker 0 ── line ──► stripe 0 ─┐
///  worker 1 ── line ──► stripe 1 ─┼─► writer thread ─► destination
///  ...                            ┘   (swaps a full buffer for an empty one, writes without holding a lock)
/// </code>
/// A line costs its worker a copy. The writer is woken by the first line only and then looks again every few milliseconds until
/// there is none. While the destination stalls, lines wait up to a bound; what comes beyond is dropped and counted.
/// </summary>
internal sealed partial class LogFile : IAsyncDisposable
{
    /// <summary>Bytes that may wait for a stalled destination, over all workers.</summary>
    public const int DefaultLimit = 8 << 20;

    private const int LeastStripeLimit = 128 << 10;
    private const int SmallBuffer = 4 << 10;
    private const int LargeBuffer = 256 << 10;

    /// <summary>How long lines gather between two writes; nginx's unbuffered log makes a system call for each instead.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a stop waits for a destination that does not take its lines.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _stripeLimit;
    private readonly LogStripe[] _stripes = new LogStripe[Worker.Count];
    private readonly ByteBuffer[] _taken = new ByteBuffer[Worker.Count];
    private readonly StripedCounter _dropped = new();
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _reopening = new(1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held while lines are taken from the stripes, so that a reopen divides them cleanly.</summary>
    private readonly Lock _taking = new();

    /// <summary>Guards <see cref="_wakes"/>, and the writer waits on it.</summary>
    private readonly object _wake = new();

    private ILogDestination _destination;
    private LogReopen? _reopen;
    private Wakes _wakes;
    private bool _waitsForLine;
    private int _wakeLength;
    private long _flushTicks;
    private long _droppedReported;

    /// <summary>Starts the writer. The destination is the writer's from here on.</summary>
    public LogFile(string path, ILogDestination destination, LogBuffering buffering, TimeProvider time, ILogger logger, int limit = DefaultLimit)
    {
        Path = path;
        _destination = destination;
        _time = time;
        _logger = logger;
        _stripeLimit = Math.Max(LeastStripeLimit, limit / _stripes.Length);
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new LogStripe(_stripeLimit);
            _taken[i] = new ByteBuffer(SmallBuffer);
        }

        SetBuffering(buffering);
        _timer = time.CreateTimer(static state => ((LogFile)state!).Wake(Wakes.Time), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "log " + path }.Start();
    }

    [Flags]
    private enum Wakes
    {
        None = 0,
        Line = 1,
        Length = 2,
        Time = 4,
        Reopen = 8,
        Stop = 16,
    }

    /// <summary>The path in the configuration, or <c>stdout</c> or <c>stderr</c>.</summary>
    public string Path { get; }

    /// <summary>Lines lost because the destination stalled or refused them.</summary>
    public long DroppedLines => _dropped.Value;

    /// <summary>Sets when lines are written; counts from the next write.</summary>
    public void SetBuffering(LogBuffering buffering)
    {
        var length = buffering.Size == 0 ? _stripeLimit / 2 : Math.Clamp(buffering.Size / _stripes.Length, 1, _stripeLimit / 2);
        Volatile.Write(ref _wakeLength, length);
        Volatile.Write(ref _flushTicks, buffering.Size == 0 ? 0 : buffering.Flush.Ticks);
    }

    /// <summary>Hands a line with its line feed to the writer. Any thread; never waits for the destination. Dropped and counted when too much waits already.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (!_stripes[Worker.Index].TryAppend(line, in _waitsForLine, out var writerWaits, out var length))
        {
            _dropped.Increment();
            return;
        }

        if (writerWaits && Interlocked.Exchange(ref _waitsForLine, false))
        {
            Wake(Wakes.Line);
        }

        // Only the line that crosses the mark wakes the writer.
        var mark = Volatile.Read(ref _wakeLength);
        if (length >= mark && length - line.Length < mark)
        {
            Wake(Wakes.Length);
        }
    }

    /// <summary>
    /// Goes over to another destination: lines appended before the call are written to the old one, lines appended after it to the
    /// new one. The task ends when the old one is complete and closed.
    /// </summary>
    public async Task ReopenAsync(ILogDestination next)
    {
        await _reopening.WaitAsync();
        try
        {
            var reopen = new LogReopen(next);
            lock (_taking)
            {
                foreach (var stripe in _stripes)
                {
                    reopen.LinesBefore.Add(stripe.Exchange(new ByteBuffer(SmallBuffer)));
                }

                _reopen = reopen;
            }

            Wake(Wakes.Reopen);
            await Task.WhenAny(reopen.Done.Task, _ended.Task);
            if (!reopen.Done.Task.IsCompleted)
            {
                next.Dispose();
            }
        }
        finally
        {
            _reopening.Release();
        }
    }

    /// <summary>Writes what is left and closes the destination; gives up on one that takes nothing for 5 s. Lines appended after the call may be lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Wake(Wakes.Stop);
        if (await Task.WhenAny(_ended.Task, Task.Delay(StopTime, _time)) != _ended.Task)
        {
            LogStalledAtStop(Path);
        }
    }

    private void Run()
    {
        try
        {
            var stopping = false;
            while (!stopping)
            {
                WaitForLine();
                var flush = TimeSpan.FromTicks(Volatile.Read(ref _flushTicks));
                if (flush > TimeSpan.Zero)
                {
                    WaitForTime(flush);
                }

                stopping = ClearWakes();
                WriteLines();
                if (flush == TimeSpan.Zero)
                {
                    WaitForTime(GatherTime);
                }
            }

            WriteLines();
        }
        finally
        {
            _timer.Dispose();
            _destination.Dispose();
            _ended.SetResult();
        }
    }

    private void Wake(Wakes reason)
    {
        lock (_wake)
        {
            _wakes |= reason;
            Monitor.Pulse(_wake);
        }
    }

    /// <summary>Returns at the first line, and at a reopen or stop.</summary>
    private void WaitForLine()
    {
        Volatile.Write(ref _waitsForLine, true);
        if (Array.TrueForAll(_stripes, static stripe => stripe.IsEmpty()))
        {
            lock (_wake)
            {
                while ((_wakes & (Wakes.Line | Wakes.Reopen | Wakes.Stop)) == 0)
                {
                    Monitor.Wait(_wake);
                }
            }
        }

        Volatile.Write(ref _waitsForLine, false);
    }

    /// <summary>Returns after a time, or sooner when enough lines wait and at a reopen or stop.</summary>
    private void WaitForTime(TimeSpan time)
    {
        lock (_wake)
        {
            _wakes &= ~Wakes.Time;
        }

        _timer.Change(time, Timeout.InfiniteTimeSpan);
        lock (_wake)
        {
            while ((_wakes & ~Wakes.Line) == 0)
            {
                Monitor.Wait(_wake);
            }
        }
    }

    /// <summary>Forgets why the writer was woken. Only before lines are taken, or a line could be left waiting.</summary>
    /// <returns>Whether to stop.</returns>
    private bool ClearWakes()
    {
        lock (_wake)
        {
            _wakes &= Wakes.Stop;
            return _wakes != Wakes.None;
        }
    }

    private void WriteLines()
    {
        while (TakeReopen() is { } reopen)
        {
            foreach (var lines in reopen.LinesBefore)
            {
                Write(lines);
            }

            _destination.Dispose();
            _destination = reopen.Next;
            reopen.Done.SetResult();
        }

        for (var i = 0; i < _taken.Length; i++)
        {
            var lines = _taken[i];
            Write(lines);
            if (lines.Capacity > LargeBuffer && lines.Length < lines.Capacity / 8)
            {
                // The rush is over.
                _taken[i] = new ByteBuffer(SmallBuffer);
            }

            lines.Clear();
        }

        ReportDropped();
    }

    /// <summary>Takes the reopen that is due; if there is none, takes the lines that wait.</summary>
    private LogReopen? TakeReopen()
    {
        lock (_taking)
        {
            (var reopen, _reopen) = (_reopen, null);
            if (reopen is null)
            {
                for (var i = 0; i < _stripes.Length; i++)
                {
                    _taken[i] = _stripes[i].Exchange(_taken[i]);
                }
            }

            return reopen;
        }
    }

    private void Write(ByteBuffer lines)
    {
        if (lines.Length == 0)
        {
            return;
        }

        try
        {
            _destination.Write(lines.Written);
        }
        catch (IOException e)
        {
            _dropped.Add(lines.Written.Count((byte)'\n'));
            LogWriteFailed(Path, e.Message);
        }
    }

    private void ReportDropped()
    {
        var dropped = _dropped.Value;
        if (dropped > _droppedReported)
        {
            LogDropped(dropped - _droppedReported, Path);
            _droppedReported = dropped;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "log-lines-dropped", Message = "{count} lines lost: {path} could not be written fast enough")]
    private partial void LogDropped(long count, string path);

    [LoggerMessage(Level = LogLevel.Error, EventName = "log-write-failed", Message = "cannot write {path}: {reason}")]
    private partial void LogWriteFailed(string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, EventName = "log-stalled-at-stop", Message = "{path} does not take its last lines; they are lost")]
    private partial void LogStalledAtStop(string path);
}
