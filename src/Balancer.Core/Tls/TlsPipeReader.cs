using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Tls;

/// <summary>
/// Reads the decrypted bytes of a connection. Nothing runs in the background: bytes are decrypted by who reads them, when he does. A
/// connection whose peer breaks the protocol ends as one that was closed, without an exception.
/// </summary>
internal sealed class TlsPipeReader(TlsEngine engine, PipeReader transport) : PipeReader
{
    private readonly TlsEngine _engine = engine;
    private readonly PipeReader _transport = transport;
    private readonly DecryptedBuffer _buffer = new();

    /// <summary>Whether OpenSSL may hold bytes that were received already; so it is after the handshake.</summary>
    private bool _hasPending = true;
    private bool _isEnded;
    private bool _isCompleted;

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ThrowIfCompleted();
        if (TryTake(out result))
        {
            return true;
        }

        if (!_transport.TryRead(out var encrypted))
        {
            return false;
        }

        Decrypt(encrypted);
        if (encrypted.IsCanceled)
        {
            result = new ReadResult(_buffer.Sequence, isCanceled: true, _isEnded);
            return true;
        }

        return TryTake(out result);
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        return TryTake(out var result) ? new ValueTask<ReadResult>(result) : ReadTransportAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _buffer.Consume(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => _transport.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _buffer.Release();
            _transport.Complete(exception);
        }
    }

    private bool TryTake(out ReadResult result)
    {
        if (_hasPending && !_buffer.HasNews && !_isEnded)
        {
            Decrypt(ReadOnlySequence<byte>.Empty, out _);
        }

        if (!_buffer.HasNews && !_isEnded)
        {
            result = default;
            return false;
        }

        result = new ReadResult(_buffer.Sequence, isCanceled: false, _isEnded);
        return true;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadTransportAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var encrypted = await _transport.ReadAsync(cancellationToken);
            Decrypt(encrypted);
            if (_buffer.HasNews || _isEnded || encrypted.IsCanceled)
            {
                return new ReadResult(_buffer.Sequence, encrypted.IsCanceled, _isEnded);
            }
        }
    }

    private void Decrypt(in ReadResult encrypted)
    {
        Decrypt(encrypted.Buffer, out var consumed);

        // Input there was no room for is left for the next read, which it completes at once.
        _transport.AdvanceTo(consumed);

        // A connection that ends without close_notify: framing shows whether anything is missing, as without TLS.
        _isEnded |= encrypted.IsCompleted && !_hasPending;
    }

    private void Decrypt(in ReadOnlySequence<byte> encrypted, out SequencePosition consumed)
    {
        var status = _engine.Decrypt(encrypted, _buffer, out consumed);
        _hasPending = status == TlsReadStatus.Full;
        _isEnded |= status is TlsReadStatus.Closed or TlsReadStatus.Broken;
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("The reader was completed.");
        }
    }
}
