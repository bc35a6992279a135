using System.Net;
using System.Net.Sockets;

namespace Balancer.Upstreams.Nginx;

/// <summary>A small HTTP server on a port of its own: answers, resets every connection while <see cref="IsDead"/>, or holds requests back.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private static readonly byte[] s_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public FaultyServer()
    {
        _listener.Start(512);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Whether every connection is reset instead of answered.</summary>
    public bool IsDead { get; set; }

    /// <summary>Requests are answered when this is done.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // In this order: a listener that was stopped cannot be asked for the next connection.
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                return;
            }

            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                if (IsDead)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                }

                var buffer = new byte[4096];
                var length = 0;
                while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    length += read;
                }

                await Hold.WaitAsync(_stop.Token);
                await socket.SendAsync(s_answer, _stop.Token);
                socket.Shutdown(SocketShutdown.Send);
                await socket.ReceiveAsync(buffer, _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // nginx went away, or the test is over.
            }
        }
    }
}
