using System.Net;
using System.Net.Sockets;

namespace Balancer.Transport;

/// <summary>Why an address could not be bound, in words.</summary>
internal static class BindError
{
    /// <summary>One clause.</summary>
    public static string Describe(Exception e, EndPoint endPoint) => e switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "the address is in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } when endPoint is IPEndPoint { Port: < 1024 } => "permission denied; ports below 1024 need CAP_NET_BIND_SERVICE",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine does not have the address",
        SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported } => "this machine does not have the address family",
        { InnerException: { } inner } => Describe(inner, endPoint),
        _ => e.Message,
    };
}
