using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.TestSupport;

/// <summary>Keepalive clients that allocate nothing per request, all driven by the calling thread: a request on each, then a response from each.</summary>
internal sealed class BlockingClients : IDisposable
{
    private readonly Socket[] _sockets;
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int _responseLength;

    /// <summary>Connects, and learns from a first response how long all are.</summary>
    /// <param name="gateway">Where to.</param>
    /// <param name="count">How many connections.</param>
    /// <param name="request">The request sent over and over.</param>
    /// <param name="responseEnd">What the response ends with, and has nowhere else.</param>
    public BlockingClients(EndPoint gateway, int count, string request, string responseEnd)
    {
        _request = Encoding.Latin1.GetBytes(request);
        _sockets = new Socket[count];
        for (var i = 0; i < count; i++)
        {
            _sockets[i] = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
            _sockets[i].Connect(gateway);
        }

        _responseLength = MeasureResponse(Encoding.Latin1.GetBytes(responseEnd));
    }

    /// <summary>The response that all requests get but for the date.</summary>
    public string Response { get; private set; } = "";

    /// <summary>Sends the request so many times on each connection, and reads every response.</summary>
    public void Run(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var socket in _sockets)
            {
                Check(socket.Send(_request, SocketFlags.None, out var error), error);
            }

            foreach (var socket in _sockets)
            {
                for (var left = _responseLength; left > 0;)
                {
                    var received = socket.Receive(_buffer.AsSpan(0, left), SocketFlags.None, out var error);
                    Check(received, error);
                    left -= received;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private int MeasureResponse(byte[] end)
    {
        _sockets[0].Send(_request);
        var length = 0;
        do
        {
            length += _sockets[0].Receive(_buffer.AsSpan(length));
        }
        while (!_buffer.AsSpan(0, length).EndsWith(end));

        Response = Encoding.Latin1.GetString(_buffer, 0, length);
        return length;
    }

    private static void Check(int count, SocketError error)
    {
        if (count <= 0 || error != SocketError.Success)
        {
            throw new IOException($"{count} bytes, {error}");
        }
    }
}
