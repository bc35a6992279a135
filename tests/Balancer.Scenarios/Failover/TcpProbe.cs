using System.Net;
using System.Net.Sockets;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>Opens connections to the virtual address, and sends a request on each if there is one: then an attempt succeeds with the first byte of the answer.</summary>
internal sealed class TcpProbe(SegmentHost client, IPEndPoint address, byte[]? request = null) : VipProbe(client)
{
    private readonly List<(Socket Socket, int Number, bool IsSent)> _pending = [];
    private readonly SocketAddress _address = address.Serialize();
    private readonly byte[] _answer = new byte[1];

    protected override void Attempt(int number)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true, LingerState = new LingerOption(true, 0) };
        Native.BeginConnect(socket, _address);
        _pending.Add((socket, number, false));
    }

    protected override void Settle()
    {
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            var (socket, number, isSent) = _pending[i];
            var isRefused = false;
            if (!isSent && socket.Poll(0, SelectMode.SelectWrite))
            {
                isRefused = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;
                isSent = !isRefused;
                if (isSent && request is not null)
                {
                    socket.Send(request, SocketFlags.None, out _);
                }

                _pending[i] = (socket, number, isSent);
            }

            var isAnswered = isSent && (request is null || socket.Receive(_answer, SocketFlags.None, out _) > 0);
            if (isAnswered)
            {
                Succeed(number, null);
            }

            if (isAnswered || isRefused || IsLate(number))
            {
                socket.Dispose();
                _pending.RemoveAt(i);
            }
        }
    }

    protected override void Close() => _pending.ForEach(p => p.Socket.Dispose());
}
