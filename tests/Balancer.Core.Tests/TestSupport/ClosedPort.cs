using System.Net;
using System.Net.Sockets;

namespace Balancer.TestSupport;

/// <summary>An address of 127.0.0.1 that refuses connections for as long as the test runs.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The address as a server line wants it.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    public void Dispose() => _socket.Dispose();
}
