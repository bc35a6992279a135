using Balancer.Configuration;
using Balancer.Routing;
using Balancer.Tls;

namespace Balancer.Proxy;

/// <summary>Sets up TLS for the virtual servers of a new snapshot, beside the running one.</summary>
/// <param name="services">What all servers share.</param>
/// <param name="running">The virtual servers of the running snapshot.</param>
/// <param name="errors">Receives the faults.</param>
internal sealed class TlsServerSet(TlsServices services, IReadOnlyList<VirtualServer> running, List<ConfigError> errors)
{
    private readonly TlsFiles _files = new();

    /// <summary>Reads the certificates of a virtual server; null when it has none.</summary>
    public TlsServer? Load(ServerConfig config, string name)
    {
        if (config.Tls.Certificates is null && config.Tls.RejectHandshake != true)
        {
            return null;
        }

        var server = new TlsServer(config.Tls, name, config.Http2 ?? false, services);
        try
        {
            server.Load(_files, running.Select(static other => other.Tls).FirstOrDefault(other => other?.Identity == server.Identity), errors);
        }
        catch (DllNotFoundException)
        {
            errors.Add(new ConfigError(config.Location, "ssl_certificate: TLS needs OpenSSL 3 (libssl.so.3 and libcrypto.so.3), which is not installed"));
        }

        return server;
    }
}
