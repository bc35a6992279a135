using System.Net;
using System.Net.Sockets;

namespace Balancer.TestSupport;

/// <summary>
/// An upstream server that allocates nothing per request, so that what a gateway in the same process allocates can be measured:
/// one thread a connection, blocking calls, one response for all requests.
/// </summary>
internal sealed class BlockingUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _response;
    private readonly string _requestEnd;
    private readonly List<Socket> _connections = [];

    /// <summary>Starts to serve.</summary>
    /// <param name="response">What every request is answered with.</param>
    /// <param name="requestEnd">What every request ends with, and has nowhere else.</param>
    public BlockingUpstream(byte[] response, string requestEnd = "\r\n\r\n")
    {
        _response = response;
        _requestEnd = requestEnd;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Start(Accept);
    }

    /// <summary>The address as a server line wants it.</summary>
    public string Address => _listener.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    private static void Start(Action action) => new Thread(() => action()) { IsBackground = true }.Start();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                Start(() => Serve(connection));
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket connection)
    {
        var buffer = new byte[64 * 1024];
        var end = System.Text.Encoding.Latin1.GetBytes(_requestEnd);
        var have = 0;
        try
        {
            while (true)
            {
                var received = connection.Receive(buffer.AsSpan(have), SocketFlags.None, out var error);
                if (received <= 0 || error != SocketError.Success)
                {
                    return;
                }

                have += received;
                if (buffer.AsSpan(0, have).EndsWith(end))
                {
                    have = 0;
                    connection.Send(_response, SocketFlags.None, out _);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
