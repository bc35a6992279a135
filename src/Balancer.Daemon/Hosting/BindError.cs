using System.Net.Sockets;

namespace Balancer.Daemon.Hosting;

/// <summary>Why an address could not be bound, in words.</summary>
internal static class BindError
{
    /// <summary>One clause.</summary>
    public static string Describe(Exception e) => e switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "the address is in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; ports below 1024 need CAP_NET_BIND_SERVICE",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine does not have the address",
        { InnerException: { } inner } => Describe(inner),
        _ => e.Message,
    };
}
