using System.Collections.Concurrent;
using System.IO.Pipes;
using Balancer.TestSupport;

namespace Balancer.Failover.Linux;

public sealed class FailoverThreadTests : IDisposable
{
    private readonly TestDeadlines _deadlines = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly FailoverThread _thread;

    public FailoverThreadTests() => _thread = new FailoverThread(_deadlines, _errors.Enqueue);

    public void Dispose() => _thread.Dispose();

    [Fact]
    public void Work_runs_on_the_thread_in_the_order_posted()
    {
        var order = new List<int>();
        _thread.Start();
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            _thread.Post(() => order.Add(_thread.IsCurrent ? number : -1));
        }

        _thread.Stop();
        Assert.Equal(Enumerable.Range(0, 1000), order);
        Assert.False(_thread.IsCurrent);
    }

    [Fact]
    public async Task A_deadline_is_met_to_the_millisecond_and_never_early()
    {
        _thread.Start();
        var late = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            var ran = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            var due = FailoverThread.Now + 10_000;
            _thread.Post(() => _deadlines.Set(due, now => ran.SetResult(now - due)));
            late.Add(await ran.Task);
        }

        Assert.DoesNotContain(late, l => l < 0);

        // The median: a busy machine may be late once.
        Assert.InRange(late.Order().ElementAt(late.Count / 2), 0, 5_000);
    }

    [Fact]
    public async Task What_becomes_readable_is_told_until_it_is_watched_no_more()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pipe = new WatchedPipe(server);
        _thread.Watch(pipe);
        _thread.Start();

        server.Write([1, 2, 3]);
        await Eventually.TrueAsync(() => pipe.Bytes == 3);
        var unwatched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Post(() =>
        {
            _thread.Unwatch(pipe);
            _thread.Unwatch(pipe);
            unwatched.SetResult();
        });
        await unwatched.Task;
        server.Write([4]);
        _thread.Post(() => { });
        _thread.Stop();

        Assert.Equal(3, pipe.Bytes);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task What_has_arrived_is_read_before_a_deadline_expires()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pipe = new WatchedPipe(server);
        var readBefore = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Watch(pipe);
        _thread.Start();

        // As when the thread was kept busy while something arrived and the deadline passed.
        _thread.Post(() =>
        {
            server.Write([1, 2, 3]);
            _deadlines.Set(FailoverThread.Now, _ => readBefore.SetResult(pipe.Bytes));
        });

        Assert.Equal(3, await readBefore.Task);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task An_exception_goes_to_the_handler_and_the_loop_goes_on()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pipe = new WatchedPipe(server) { Fault = new FormatException() };
        _thread.Watch(pipe);
        _thread.Start();
        server.Write([1]);
        _thread.Post(() => throw new InvalidDataException());
        _thread.Post(() => _deadlines.Set(0, _ => throw new TimeoutException()));
        await Eventually.TrueAsync(() => _errors.Count >= 3);

        server.Write([1]);
        await Eventually.TrueAsync(() => pipe.Bytes == 1);
        var kinds = _errors.Select(e => e.GetType()).ToHashSet();
        Assert.Superset(new HashSet<Type> { typeof(FormatException), typeof(InvalidDataException), typeof(TimeoutException) }, kinds);
    }

    [Fact]
    public async Task A_descriptor_that_was_closed_is_reported_once()
    {
        _thread.Watch(new ClosedDescriptor());
        _thread.Start();

        await Eventually.TrueAsync(() => !_errors.IsEmpty);
        _thread.Stop();
        Assert.Contains("was closed while it was watched", Assert.Single(_errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_how_the_system_runs_it()
    {
        Assert.Equal("not started", _thread.Scheduling);
        _thread.Start();
        Assert.Matches("^(real-time priority 10|niceness -20 .*|ordinary .*)$", _thread.Scheduling);
    }

    [Fact]
    public void It_ends_from_within_without_waiting_for_itself()
    {
        _thread.Start();
        _thread.Post(_thread.Stop);
        _thread.Stop();
        _thread.Dispose();
        _thread.Post(() => Assert.Fail("It has ended."));
    }

    [Fact]
    public async Task Waiting_and_deadlines_allocate_nothing()
    {
        var beats = 0;
        long allocated = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deadlines.Set(0, now =>
        {
            beats++;
            if (beats == 50)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }

            if (beats == 150)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                done.SetResult();
            }
            else
            {
                _deadlines.Next = now + 1;
            }
        });
        _thread.Start();
        await done.Task;

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task It_sleeps_when_there_is_nothing_to_do()
    {
        const int Turns = 1000;
        _thread.Start();
        _deadlines.Reads = 0;
        for (var i = 0; i < Turns; i++)
        {
            var turned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _thread.Post(turned.SetResult);
            await turned.Task;
        }

        // A thread that did not sleep would look many times between two of them.
        Assert.InRange(_deadlines.Reads, 0, 4 * Turns);
    }

    private sealed class TestDeadlines : IDeadlines
    {
        private Action<long>? _action;
        private int _reads;
        private long _next = long.MaxValue;

        public int Reads
        {
            get => Volatile.Read(ref _reads);
            set => Volatile.Write(ref _reads, value);
        }

        public long Next
        {
            get
            {
                Interlocked.Increment(ref _reads);
                return _next;
            }

            set => _next = value;
        }

        public void Set(long due, Action<long> action) => (_next, _action) = (due, action);

        public void Expire(long now)
        {
            _next = long.MaxValue;
            _action!(now);
        }
    }

    private sealed class ClosedDescriptor : IReadable
    {
        // Above what a process may open.
        public int Handle => int.MaxValue;

        public void OnReadable() => Assert.Fail("There is nothing to be read.");
    }

    private sealed class WatchedPipe : IReadable, IDisposable
    {
        private readonly AnonymousPipeClientStream _stream;
        private readonly byte[] _buffer = new byte[16];
        private int _bytes;

        public WatchedPipe(AnonymousPipeServerStream server)
        {
            _stream = new AnonymousPipeClientStream(PipeDirection.In, server.GetClientHandleAsString());
            Handle = (int)_stream.SafePipeHandle.DangerousGetHandle();
        }

        public int Handle { get; }

        public Exception? Fault { get; set; }

        public int Bytes => Volatile.Read(ref _bytes);

        public void Dispose() => _stream.Dispose();

        public void OnReadable()
        {
            var read = _stream.Read(_buffer);
            if (Fault is { } fault)
            {
                Fault = null;
                throw fault;
            }

            Interlocked.Add(ref _bytes, read);
        }
    }
}
