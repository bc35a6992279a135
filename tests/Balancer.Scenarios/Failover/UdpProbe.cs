using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Failover;

/// <summary>Sends datagrams to <see cref="EchoService"/> on the virtual address.</summary>
internal sealed class UdpProbe(SegmentHost client, IPAddress address) : VipProbe(client)
{
    private readonly byte[] _question = new byte[sizeof(int)];
    private readonly byte[] _answer = new byte[64];
    private Socket? _socket;

    protected override void Attempt(int number)
    {
        // Opened here, on the thread that is on the client.
        _socket ??= Open();
        BinaryPrimitives.WriteInt32BigEndian(_question, number);
        _socket.Send(_question, SocketFlags.None, out _);
    }

    protected override void Settle()
    {
        // Errors are those of earlier attempts: nobody has the address, or its port is closed.
        int length;
        SocketError error;
        do
        {
            length = _socket!.Receive(_answer, SocketFlags.None, out error);
            if (error == SocketError.Success && length >= sizeof(int))
            {
                Succeed(BinaryPrimitives.ReadInt32BigEndian(_answer.AsSpan(length - sizeof(int))), Encoding.ASCII.GetString(_answer, 0, length - sizeof(int)));
            }
        }
        while (error != SocketError.WouldBlock);
    }

    protected override void Close() => _socket?.Dispose();

    private Socket Open()
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Connect(new IPEndPoint(address, EchoService.Port));
        return socket;
    }
}
