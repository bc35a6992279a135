using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Harness;

/// <summary>One connection the gateway opened to a <see cref="TestUpstream"/>.</summary>
internal sealed class UpstreamConnection
{
    private readonly TestUpstream _upstream;
    private readonly Socket _socket;
    private readonly List<byte> _received = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;

    public UpstreamConnection(TestUpstream upstream, Socket socket)
    {
        _upstream = upstream;
        _socket = socket;
        RemoteEndPoint = socket.RemoteEndPoint!;
        if (RemoteEndPoint is IPEndPoint)
        {
            socket.NoDelay = true;
        }

        Reader = new SocketReader(socket, bytes =>
        {
            lock (_received)
            {
                _received.AddRange(bytes.Span);
            }
        });
    }

    /// <summary>The gateway's address on this connection.</summary>
    public EndPoint RemoteEndPoint { get; }

    /// <summary>Reads what the gateway sends.</summary>
    public SocketReader Reader { get; }

    /// <summary>Requests read from this connection.</summary>
    public int RequestCount { get; private set; }

    /// <summary>Completes when either side has ended the connection and this side knows.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Bytes received.</summary>
    public long BytesReceived
    {
        get
        {
            lock (_received)
            {
                return _received.Count;
            }
        }
    }

    /// <summary>Everything received, one character a byte.</summary>
    public string ReceivedText
    {
        get
        {
            lock (_received)
            {
                return Encoding.Latin1.GetString([.. _received]);
            }
        }
    }

    /// <summary>Sends bytes, each character one byte. A gateway that has gone away is not an error.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes. A gateway that has gone away is not an error.</summary>
    /// <returns>Whether all of it was sent.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await _socket.SendAsync(bytes).ConfigureAwait(false)..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End();
            return false;
        }
    }

    /// <summary>Ends the connection in order, after what was sent.</summary>
    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The gateway was first.
        }

        End();
    }

    /// <summary>Ends our direction only.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        End();
    }

    /// <summary>Waits until the gateway ends the connection.</summary>
    public async Task WaitForGatewayToCloseAsync()
    {
        await Deadline.WaitAsync(Reader.ReadToEndAsync(), () => "the gateway closes the upstream connection").ConfigureAwait(false);
        End();
    }

    internal async Task RunAsync()
    {
        try
        {
            if (_upstream.OnConnection is { } script)
            {
                await script(this).ConfigureAwait(false);
            }

            while (!_closed.Task.IsCompleted && await Reader.ReadHeadAsync().ConfigureAwait(false) is { } head)
            {
                RequestCount++;
                var request = new UpstreamRequest(this, head);
                _upstream.Record(request);
                var exchange = new UpstreamExchange(this, request);
                await _upstream.HandlerFor(request)(exchange).ConfigureAwait(false);
                if (!_closed.Task.IsCompleted)
                {
                    await exchange.ReadBodyAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or EndOfStreamException or TimeoutException)
        {
            // The scenario sees what was received; a connection that broke is its business.
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _socket.Dispose();
            _closed.TrySetResult();
            _upstream.Closed(this);
        }
    }
}
