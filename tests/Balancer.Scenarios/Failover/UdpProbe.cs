using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Failover;

/// <summary>Sends datagrams to <see cref="EchoService"/> on the virtual address.</summary>
internal sealed class UdpProbe(SegmentHost client, IPAddress address) : VipProbe(client)
{
    private readonly byte[] _question = new byte[sizeof(int)];
    private Socket? _socket;

    protected override void Open()
    {
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(new IPEndPoint(address, EchoService.Port));
        _ = Task.Run(() => ReceiveAsync(_socket));
    }

    protected override void Attempt(int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(_question, number);
        try
        {
            _socket!.Send(_question);
        }
        catch (SocketException)
        {
            // Nobody has the address, or its port is closed: an attempt without answer.
        }
    }

    protected override void Close() => _socket?.Dispose();

    private async Task ReceiveAsync(Socket socket)
    {
        var answer = new byte[64];
        while (true)
        {
            try
            {
                var length = await socket.ReceiveAsync(answer);
                Succeed(BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(length - sizeof(int))), Encoding.ASCII.GetString(answer, 0, length - sizeof(int)));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException)
            {
                // As when sending.
            }
        }
    }
}
