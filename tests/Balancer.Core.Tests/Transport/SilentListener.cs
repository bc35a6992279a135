using System.Net;
using System.Net.Sockets;

namespace Balancer.Transport;

/// <summary>A listener whose backlog is full, so that the system answers no further attempt to connect.</summary>
internal sealed class SilentListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    public SilentListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        EndPoint = _listener.LocalEndPoint!;

        // A backlog of n takes n + 1 connections; an attempt that is not answered says that it is full.
        Task attempt;
        do
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _fillers.Add(filler);
            attempt = filler.ConnectAsync(EndPoint);
        }
        while (((IAsyncResult)attempt).AsyncWaitHandle.WaitOne(200));
    }

    public EndPoint EndPoint { get; }

    public void Dispose()
    {
        _fillers.ForEach(filler => filler.Dispose());
        _listener.Dispose();
    }
}
