using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

/// <summary>
/// Gathers what the engine writes to a connection. The engine flushes after every response; as long as more streams are open the flush
/// is left to a work item behind those that run now, so that the responses which are ready together leave together, in one TLS record
/// and by one system call. The last one is sent at once.
/// <code>
///   engine ──write, flush──► buffer ──work item, 16 KB gathered, or no stream left──► the connection's writer
/// </code>
/// The engine writes under a lock of its own, one call at a time; sending goes on beside it on any thread. An idle connection holds no buffer.
/// </summary>
/// <param name="inner">The connection's writer.</param>
/// <param name="watch">Knows the open streams.</param>
internal sealed class Http2Batch(PipeWriter inner, Http2Watch watch) : PipeWriter, IThreadPoolWorkItem
{
    /// <summary>Bytes that are sent without waiting for more, and that the engine must wait for the client to take: those of a TLS record.</summary>
    public const int Limit = 16 * 1024;

    private const int SmallestBuffer = 4 * 1024;

    private readonly Lock _lock = new();
    private byte[] _buffer = [];
    private int _sent;
    private int _written;
    private bool _isLent;
    private bool _isScheduled;
    private bool _isSending;
    private bool _isBroken;
    private bool _isOver;
    private bool _hasLastWords;
    private Exception? _fault;
    private TaskCompletionSource<FlushResult>? _waiter;
    private TaskCompletionSource? _ended;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes
    {
        get
        {
            lock (_lock)
            {
                return _written - _sent;
            }
        }
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_lock)
        {
            MakeRoom(Math.Max(1, sizeHint));
            _isLent = true;
            return _buffer.AsMemory(_written);
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _written), nameof(bytes));
            _written += bytes;
            _isLent = false;
        }
    }

    /// <summary>Has what was written sent, perhaps a little later together with more. Waits only while the client takes nothing and much is left to be sent.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_fault is { } fault)
            {
                throw new IOException("The connection could not be written to.", fault);
            }

            _isLent = false;
            if (_isBroken || _isOver)
            {
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
            }

            var isMuch = _written - _sent >= Limit;
            if (_isSending)
            {
                return isMuch ? new ValueTask<FlushResult>(Wait().Task.WaitAsync(cancellationToken)) : default;
            }

            if (!isMuch && watch.OpenStreams > 0)
            {
                if (!_isScheduled)
                {
                    _isScheduled = true;
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }

                return default;
            }

            _isSending = true;
        }

        return SendAsync();
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _waiter?.TrySetResult(new FlushResult(isCanceled: true, isCompleted: false));
            _waiter = null;
        }

        inner.CancelPendingFlush();
    }

    /// <summary>The engine writes no more: see <see cref="End"/>.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>
    /// Passes on what is left, for the owner of the connection to close it. The connection's writer is his alone when <see cref="WhenSentAsync"/>
    /// has ended. Any thread.
    /// </summary>
    public void End()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            try
            {
                if (_written > _sent && !_isBroken)
                {
                    inner.Write(_buffer.AsSpan(_sent, _written - _sent));
                    _sent = _written;
                    if (_isSending)
                    {
                        _hasLastWords = true;
                    }
                    else
                    {
                        // Closing waits for it, as for whatever is on its way.
                        _ = inner.FlushAsync().Preserve();
                    }
                }
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                _isBroken = true;
            }

            _waiter?.TrySetResult(new FlushResult(isCanceled: false, isCompleted: true));
            _waiter = null;
            ReleaseBuffer();
        }
    }

    /// <summary>After <see cref="End"/>: ends when what was being sent has been, or its flush was cancelled.</summary>
    public Task WhenSentAsync()
    {
        lock (_lock)
        {
            return _isSending ? (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Sends what was gathered meanwhile.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            _isScheduled = false;
            if (_isSending)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAsync().Preserve();
    }

    /// <summary>Sends until nothing is left. Does not throw: what goes wrong is told by the next flush.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync()
    {
        while (true)
        {
            try
            {
                ValueTask<FlushResult> pending;
                lock (_lock)
                {
                    if (_isBroken || (!_hasLastWords && (_written == _sent || _isOver)))
                    {
                        return EndSending();
                    }

                    if (!_hasLastWords)
                    {
                        inner.Write(_buffer.AsSpan(_sent, _written - _sent));
                        _sent = _written;
                        ReleaseBuffer();
                    }

                    _hasLastWords = false;

                    // Begun under the lock, so that it is before End or not at all.
                    pending = inner.FlushAsync();
                }

                var result = await pending;
                if (result.IsCompleted || (result.IsCanceled && Volatile.Read(ref _isOver)))
                {
                    Break(null);
                }
            }
            catch (Exception e)
            {
                Break(ConnectionLoss.Is(e) ? null : e);
            }
        }
    }

    private FlushResult EndSending()
    {
        var result = new FlushResult(isCanceled: false, _isBroken || _isOver);
        _isSending = false;
        _waiter?.TrySetResult(result);
        _waiter = null;
        _ended?.TrySetResult();
        return result;
    }

    private TaskCompletionSource<FlushResult> Wait() => _waiter ??= new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Break(Exception? fault)
    {
        lock (_lock)
        {
            _isBroken = true;
            _fault = fault;
        }
    }

    private void MakeRoom(int wanted)
    {
        if (_buffer.Length - _written >= wanted)
        {
            return;
        }

        var left = _written - _sent;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, Math.Max(left + wanted, left * 2)));
        _buffer.AsSpan(_sent, left).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
        _sent = 0;
        _written = left;
    }

    private void ReleaseBuffer()
    {
        if (_sent == _written && !_isLent && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _sent = _written = 0;
        }
    }
}
