using Balancer.Configuration;
using Balancer.Http;
using Balancer.Routing;
using Balancer.Tls;

namespace Balancer.Proxy;

/// <summary>Refuses requests to a virtual server that asks for client certificates (<c>ssl_verify_client</c>), as nginx does.</summary>
internal static class ClientCertificateRule
{
    private static readonly byte[] NotVerified = "The SSL certificate error"u8.ToArray();
    private static readonly byte[] NotSent = "No required SSL certificate was sent"u8.ToArray();

    /// <summary>How the request is refused; status 0 when it may go on.</summary>
    public static RouteResult Check(HttpExchange exchange, VirtualServer server)
    {
        if (exchange.Connection.Tls is not OpenSslSession session || server.Tls is not { } tls)
        {
            // Reached without TLS, by another address.
            return default;
        }

        if (session.Server.Trust != tls.Trust)
        {
            // The certificate was checked by another server's rules.
            return new RouteResult(server.Fallback, 421);
        }

        var result = session.Field(TlsField.ClientVerify);
        if (result.SequenceEqual("NONE"u8))
        {
            return tls.Verification == TlsClientVerification.On ? new RouteResult(server.Fallback, 400, Detail: NotSent) : default;
        }

        var isAcceptable = result.SequenceEqual("SUCCESS"u8) || (tls.Verification == TlsClientVerification.OptionalNoCa && session.IsIssuerUnknown);
        return isAcceptable ? default : new RouteResult(server.Fallback, 400, Detail: NotVerified);
    }
}
