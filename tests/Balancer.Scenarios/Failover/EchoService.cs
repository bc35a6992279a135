using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Failover;

/// <summary>
/// A service on a gateway behind the virtual address: it answers datagrams with the name of the gateway before what they said, and takes connections. It listens on
/// the address also while the gateway has it not.
/// </summary>
internal sealed class EchoService : IDisposable
{
    /// <summary>Its port, for datagrams and connections.</summary>
    public const int Port = 7007;

    private const int LevelIpv4 = 0;
    private const int FreeBindIpv4 = 15;
    private const int LevelIpv6 = 41;
    private const int FreeBindIpv6 = 78;

    private readonly byte[] _name;
    private readonly List<Socket> _sockets = [];

    private EchoService(string name) => _name = Encoding.ASCII.GetBytes(name);

    /// <summary>Starts the service on a gateway.</summary>
    public static EchoService Start(SegmentHost gateway, params IPAddress[] addresses) => Segment.Run(gateway, () =>
    {
        var service = new EchoService(gateway.Name);
        foreach (var address in addresses.Length > 0 ? addresses : [Segment.Vip])
        {
            var datagrams = service.Bind(new IPEndPoint(address, Port), SocketType.Dgram, ProtocolType.Udp);
            var connections = service.Bind(new IPEndPoint(address, Port), SocketType.Stream, ProtocolType.Tcp);
            connections.Listen(1024);
            StartThread(() => service.Answer(datagrams, address));
            StartThread(() => Accept(connections));
        }

        return service;
    });

    /// <summary>Ends at once, as with the process it stands for: datagrams and connections are refused.</summary>
    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    // Of its own: how soon it answers must not depend on how busy the pool of this process is.
    private static void StartThread(ThreadStart work) => new Thread(work) { IsBackground = true }.Start();

    private static void Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                listener.Accept().Dispose();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The service has ended.
        }
    }

    private Socket Bind(IPEndPoint address, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(address.AddressFamily, type, protocol);
        _sockets.Add(socket);
        var (level, option) = address.AddressFamily == AddressFamily.InterNetworkV6 ? (LevelIpv6, FreeBindIpv6) : (LevelIpv4, FreeBindIpv4);
        socket.SetRawSocketOption(level, option, BitConverter.GetBytes(1));
        socket.Bind(address);
        return socket;
    }

    private void Answer(Socket socket, IPAddress address)
    {
        var buffer = new byte[64];
        _name.CopyTo(buffer, 0);
        EndPoint any = new IPEndPoint(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var asker = any;
                var length = socket.ReceiveFrom(buffer, _name.Length, buffer.Length - _name.Length, SocketFlags.None, ref asker);
                socket.SendTo(buffer, 0, _name.Length + length, SocketFlags.None, asker);
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
                // The address went between question and answer.
            }
        }
    }
}
