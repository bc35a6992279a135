using System.Net;
using System.Net.Sockets;

namespace Balancer.Harness;

/// <summary>
/// Ports for programs that must be told one. They lie below the ephemeral range, so that no outgoing connection takes one in between, and none is given out twice.
/// </summary>
internal static class Ports
{
    private const int First = 10000;
    private const int Last = 32700;
    private static int _next = First + (Environment.ProcessId * 131 % (Last - First));

    /// <summary>A port that nobody listens on.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) % (Last - First));
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
