using System.Buffers;
using System.IO.Pipelines;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>A connection to a server as the stream the framework's client wants. It may be read and written at the same time.</summary>
/// <param name="transport">The connection.</param>
/// <param name="client">What is told of bytes received and of the end; null for none.</param>
/// <param name="scheme">Corrects the scheme on a connection with TLS; null without.</param>
internal sealed class Http2ConnectionStream(ConnectionContext transport, Http2Client? client, Http2SchemeWriter? scheme) : Stream
{
    private readonly ConnectionContext _transport = transport;
    private readonly PipeReader _input = transport.Transport.Input;
    private readonly PipeWriter _output = transport.Transport.Output;

    /// <summary>The owner and the operations that run; who is last closes the connection.</summary>
    private int _users = 1;
    private int _disposed;
    private bool _isStuck;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what has arrived; with an empty buffer it waits until something has.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            var result = await _input.ReadAsync(cancellationToken);
            var data = result.Buffer;
            if (result.IsCanceled && data.IsEmpty)
            {
                _input.AdvanceTo(data.Start);
                throw new IOException("the connection was closed");
            }

            var length = (int)Math.Min(data.Length, buffer.Length);
            data = data.Slice(0, length);
            data.CopyTo(buffer.Span);
            _input.AdvanceTo(data.End);
            client?.OnReceived();
            return length;
        }
        catch (Exception e) when (e is not IOException && ConnectionLoss.Is(e))
        {
            throw new IOException("the connection was closed", e);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Sends bytes, and waits while the server does not take them.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            Write(buffer.Span);
            var result = await _output.FlushAsync(cancellationToken);
            _isStuck |= result.IsCanceled;
            if (result.IsCompleted || Volatile.Read(ref _disposed) != 0)
            {
                throw new IOException("the connection was closed");
            }
        }
        catch (Exception e) when (e is not IOException && ConnectionLoss.Is(e))
        {
            _isStuck |= e is OperationCanceledException;
            throw new IOException("the connection was closed", e);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>What was written is sent already.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (scheme is null)
        {
            _output.Write(buffer);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var bytes = copy.AsSpan(0, buffer.Length);
            buffer.CopyTo(bytes);
            scheme.Rewrite(bytes);
            _output.Write(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            client?.OnClosed();
            _input.CancelPendingRead();
            _output.CancelPendingFlush();
            Leave();
        }

        base.Dispose(disposing);
    }

    private void Enter()
    {
        var users = Volatile.Read(ref _users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(users == 0 || Volatile.Read(ref _disposed) != 0, this);
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return;
            }

            users = before;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _ = CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (_isStuck)
        {
            // The server does not take what was sent; closing would wait for that as long as the kernel does.
            _transport.Abort();
        }

        await _input.CompleteAsync();
        await _output.CompleteAsync();
        await _transport.DisposeAsync();
    }
}
