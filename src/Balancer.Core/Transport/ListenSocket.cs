using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;

namespace Balancer.Transport;

/// <summary>Opens listening sockets with the options of a <c>listen</c> line.</summary>
internal static class ListenSocket
{
    private const int SolSocket = 1;
    private const int SoReusePort = 15;
    private const int SolIp = 0;
    private const int IpFreeBind = 15;
    private const int SolIpv6 = 41;
    private const int Ipv6FreeBind = 78;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is in use, not of this machine, or not permitted.</exception>
    public static Socket Open(ListenConfig listen) =>
        listen.EndPoint is UnixDomainSocketEndPoint unix ? OpenUnix(listen, unix) : OpenTcp(listen, (IPEndPoint)listen.EndPoint);

    private static Socket OpenTcp(ListenConfig listen, IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = !listen.Ipv6Only;
            }

            if (listen.ReusePort)
            {
                socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            }

            if (listen.IsVirtual)
            {
                // The address is there only while this gateway is master.
                var (level, option) = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? (SolIpv6, Ipv6FreeBind) : (SolIp, IpFreeBind);
                socket.SetRawSocketOption(level, option, BitConverter.GetBytes(1));
            }

            // Accepted sockets inherit these from the listening one.
            socket.NoDelay = true;
            ApplyKeepalive(socket, listen.SoKeepalive);
            socket.Bind(endPoint);
            socket.Listen(listen.Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket OpenUnix(ListenConfig listen, UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (path is { Length: > 0 } && SocketFile.Is(path) && !IsAnswering(endPoint))
        {
            // Left behind by a process that died: nobody listens, so the name is free.
            File.Delete(path);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(listen.Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsAnswering(UnixDomainSocketEndPoint endPoint)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException)
        {
            // Not permitted: binding will say so.
            return true;
        }
    }

    private static void ApplyKeepalive(Socket socket, KeepaliveSocketConfig? keepalive)
    {
        if (keepalive is null)
        {
            return;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, keepalive.Enabled);
        if (keepalive.Idle is { } idle)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)idle.TotalSeconds);
        }

        if (keepalive.Interval is { } interval)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)interval.TotalSeconds);
        }

        if (keepalive.Count is { } count)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, count);
        }
    }
}
