using System.Net;
using System.Net.Sockets;

namespace Balancer.Proxy.SelfProbing;

/// <summary>Where a listener is probed: at its own address, or the loopback one where it has all.</summary>
/// <param name="listen">The address it is bound to.</param>
internal sealed class ProbeTarget(IPEndPoint listen)
{
    private const int SolIp = 0;
    private const int IpMulticastInterface = 32;

    private readonly bool _isAlwaysHere = IsAny(listen.Address) || IPAddress.IsLoopback(listen.Address);

    /// <summary>Where to connect to.</summary>
    public IPEndPoint EndPoint { get; } = IsAny(listen.Address)
        ? new IPEndPoint(listen.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, listen.Port)
        : listen;

    /// <summary>What its probes say.</summary>
    public ProbeVerdict Verdict { get; } = new();

    /// <summary>
    /// Whether this host has the address now; one that another gateway holds is that one's. To bind it would say nothing where net.ipv4.ip_nonlocal_bind is
    /// set, so the system is asked in ways that send nothing: an IPv4 address of another host is no interface for multicast, and an IPv6 address is
    /// connected to from itself only where it is one's own.
    /// </summary>
    public bool IsHere()
    {
        if (_isAlwaysHere)
        {
            return true;
        }

        try
        {
            using var socket = new Socket(EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (EndPoint.AddressFamily == AddressFamily.InterNetwork)
            {
                socket.SetRawSocketOption(SolIp, IpMulticastInterface, EndPoint.Address.GetAddressBytes());
                return true;
            }

            socket.Connect(EndPoint);
            return socket.LocalEndPoint is IPEndPoint local && local.Address.Equals(EndPoint.Address);
        }
        catch (SocketException e)
        {
            // Out of descriptors: the probe will see the same.
            return e.SocketErrorCode is not (SocketError.AddressNotAvailable or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown);
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
