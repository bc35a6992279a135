using System.Buffers;
using System.IO.Pipelines;

namespace Balancer.Infrastructure;

public class IoGuardTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly TimeoutWheel _wheel;
    private readonly IoGuard _guard;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    public IoGuardTests()
    {
        _clock = new CoarseClock(_time);
        _wheel = new TimeoutWheel(_clock);
        _guard = new IoGuard(_wheel);
    }

    [Fact]
    public async Task A_read_ends_with_its_deadline()
    {
        var read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 100);

        Advance(50);
        Assert.False(read.IsCompleted);
        Advance(100);

        Assert.True((await read).IsCanceled);
        Assert.True(_guard.Expired);
        Assert.False(_guard.IsInterrupted);
    }

    [Fact]
    public async Task A_flush_ends_with_its_deadline()
    {
        _pipe.Writer.Write(new byte[10]);
        var flush = _pipe.Writer.FlushAsync().AsTask();
        _guard.BeginFlush(_pipe.Writer, 100);

        Advance(150);

        Assert.True((await flush).IsCanceled);
        Assert.True(_guard.Expired);
    }

    [Fact]
    public void Another_kind_of_wait_ends_with_its_deadline()
    {
        var wait = new Wait();
        _guard.BeginWait(wait, 100);

        Advance(150);

        Assert.Equal(1, wait.Interruptions);
    }

    [Fact]
    public async Task An_interruption_ends_this_wait_and_all_later_ones()
    {
        var read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 0);
        _guard.Interrupt();
        Assert.True((await read).IsCanceled);
        _guard.End();

        read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 0);

        Assert.True((await read).IsCanceled);
        Assert.True(_guard.IsInterrupted);
        Assert.False(_guard.Expired);
    }

    [Fact]
    public void A_wait_that_is_over_is_not_touched_any_more()
    {
        var wait = new Wait();
        _guard.BeginWait(wait, 100);
        _guard.End();

        Advance(10_000);
        _guard.Interrupt();

        Assert.Equal(0, wait.Interruptions);
    }

    [Fact]
    public void An_interruption_by_an_old_lease_does_nothing_to_the_next_owner()
    {
        var lease = _guard.Lease;
        _guard.Reset();
        var wait = new Wait();
        _guard.BeginWait(wait, 0);

        _guard.Interrupt(lease);

        Assert.Equal(0, wait.Interruptions);
        Assert.False(_guard.IsInterrupted);
        _guard.Interrupt(_guard.Lease);
        Assert.Equal(1, wait.Interruptions);
    }

    [Fact]
    public void A_reset_forgets_an_interruption()
    {
        _guard.Interrupt();
        _guard.Reset();
        var wait = new Wait();

        _guard.BeginWait(wait, 0);

        Assert.False(_guard.IsInterrupted);
        Assert.Equal(0, wait.Interruptions);
    }

    [Fact]
    public async Task A_nudge_ends_a_read_once_and_leaves_other_waits_alone()
    {
        var read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 0);
        _guard.Nudge();
        Assert.True((await read).IsCanceled);
        _guard.End();

        read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 0);
        Assert.False(read.IsCompleted);
        _guard.End();
        _pipe.Reader.CancelPendingRead();
        await read;

        var wait = new Wait();
        _guard.BeginWait(wait, 0);
        _guard.Nudge();
        Assert.Equal(0, wait.Interruptions);
    }

    [Fact]
    public async Task The_deadline_of_one_wait_is_not_the_next_ones()
    {
        var read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 100);
        _pipe.Writer.Write(new byte[1]);
        var flush = _pipe.Writer.FlushAsync().AsTask();
        _pipe.Reader.AdvanceTo((await read).Buffer.End);
        await flush;
        _guard.End();
        read = _pipe.Reader.ReadAsync().AsTask();
        _guard.BeginRead(_pipe.Reader, 1_000);

        Advance(900);
        Assert.False(read.IsCompleted);
        Assert.False(_guard.Expired);
        Advance(200);
        Assert.True((await read).IsCanceled);
        Assert.True(_guard.Expired);
    }

    /// <summary>Interruptions and deadlines from another thread: every wait that should end does.</summary>
    [Fact]
    public async Task No_interruption_is_lost_between_two_waits()
    {
        for (var i = 0; i < 2_000; i++)
        {
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var lease = _guard.Lease;
            var interrupting = Task.Run(async () =>
            {
                await start.Task;
                _guard.Interrupt(lease);
            });
            start.SetResult();
            while (true)
            {
                var read = _pipe.Reader.ReadAsync().AsTask();
                _guard.BeginRead(_pipe.Reader, 0);
                Assert.True((await read.WaitAsync(TimeSpan.FromSeconds(30))).IsCanceled);
                _guard.End();
                if (_guard.IsInterrupted)
                {
                    break;
                }
            }

            await interrupting;
            _guard.Reset();
        }
    }

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
        _wheel.Advance();
    }

    private sealed class Wait : IInterruptible
    {
        public int Interruptions { get; private set; }

        public void Interrupt() => Interruptions++;
    }
}
