using System.Buffers;
using System.IO.Pipelines;

namespace Balancer.Tls;

/// <summary>
/// Encrypts what is written to a connection. Plain bytes gather in one pooled array of a record's size until they are flushed or the
/// array is full; an idle connection holds none.
/// </summary>
/// <param name="engine">The connection's engine.</param>
/// <param name="transport">Takes the encrypted bytes.</param>
internal sealed class TlsPipeWriter(TlsEngine engine, PipeWriter transport) : PipeWriter
{
    private const int LeastSize = 4 * 1024;

    /// <summary>The most plain bytes a record can have (RFC 8446 section 5.1).</summary>
    private const int RecordSize = 16 * 1024;

    private readonly TlsEngine _engine = engine;
    private readonly PipeWriter _transport = transport;
    private byte[]? _array;
    private int _length;
    private bool _isBroken;
    private bool _isCompleted;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _length + _transport.UnflushedBytes;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_array?.Length ?? 0) - _length), nameof(bytes));
        _length += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Encrypt();
        ReleaseArray();
        return _isBroken ? new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true)) : _transport.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _transport.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (BeginComplete(exception))
        {
            _transport.Complete(exception);
        }
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => BeginComplete(exception) ? _transport.CompleteAsync(exception) : default;

    /// <summary>Writes what is gathered and then the goodbye, to be flushed. What is written afterwards is lost.</summary>
    public void WriteEnd()
    {
        Encrypt();
        _engine.Close(_transport);
    }

    private bool BeginComplete(Exception? exception)
    {
        if (_isCompleted)
        {
            return false;
        }

        if (exception is null)
        {
            WriteEnd();
        }

        _isCompleted = true;
        ReleaseArray();
        return true;
    }

    private void MakeRoom(int wanted)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        wanted = Math.Max(1, wanted);
        if (_array is not null && _array.Length - _length >= wanted)
        {
            return;
        }

        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(LeastSize, wanted));
        }
        else if (_length + wanted <= RecordSize)
        {
            Grow();
        }
        else
        {
            Encrypt();
            if (_array.Length < wanted || _array.Length < RecordSize)
            {
                ReleaseArray();
                _array = ArrayPool<byte>.Shared.Rent(Math.Max(RecordSize, wanted));
            }
        }
    }

    private void Grow()
    {
        var array = ArrayPool<byte>.Shared.Rent(RecordSize);
        _array.AsSpan(0, _length).CopyTo(array);
        ArrayPool<byte>.Shared.Return(_array!);
        _array = array;
    }

    private void Encrypt()
    {
        if (_length > 0)
        {
            _isBroken |= !_engine.Encrypt(_array.AsSpan(0, _length), _transport);
            _length = 0;
        }
    }

    private void ReleaseArray()
    {
        if (_array is { } array)
        {
            _array = null;
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
