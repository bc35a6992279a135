using System.Net;
using System.Net.Sockets;

namespace Balancer.Failover;

/// <summary>Opens connections to the virtual address, and sends a request on each if there is one: then an attempt succeeds with the first byte of the answer.</summary>
internal sealed class TcpProbe(SegmentHost client, IPEndPoint address, byte[]? request = null) : VipProbe(client)
{
    protected override void Open()
    {
    }

    protected override void Attempt(int number)
    {
        // Opened here, on the thread that is on the client.
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        _ = ConnectAsync(socket, number);
    }

    protected override void Close()
    {
    }

    private async Task ConnectAsync(Socket socket, int number)
    {
        using var limit = new CancellationTokenSource(Patience);
        using (socket)
        {
            try
            {
                await socket.ConnectAsync(address, limit.Token);
                if (request is not null)
                {
                    await socket.SendAsync(request, limit.Token);
                    if (await socket.ReceiveAsync(new byte[1], limit.Token) == 0)
                    {
                        return;
                    }
                }

                Succeed(number, null);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                // An attempt without answer.
            }
        }
    }
}
