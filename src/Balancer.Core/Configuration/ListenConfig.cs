using System.Net;
using System.Net.Sockets;

namespace Balancer.Configuration;

/// <summary><c>listen</c>: an address to accept connections on, with its parameters.</summary>
public sealed record ListenConfig
{
    /// <summary>Where it stands, for errors.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary>The address: an <see cref="IPEndPoint"/> (<c>"80"</c> is 0.0.0.0:80) or a <see cref="UnixDomainSocketEndPoint"/> (<c>"unix:/path"</c>).</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary><c>default_server</c>: takes the requests that no server name fits.</summary>
    public bool DefaultServer { get; init; }

    /// <summary><c>backlog=N</c>; 511 as nginx on Linux when absent.</summary>
    public int Backlog { get; init; } = 511;

    /// <summary><c>reuseport</c>: SO_REUSEPORT.</summary>
    public bool ReusePort { get; init; }

    /// <summary><c>ssl</c>: every connection is TLS.</summary>
    public bool Ssl { get; init; }

    /// <summary><c>proxy_protocol</c>: every connection starts with a PROXY protocol header, version 1 or 2.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary><c>so_keepalive=on|off|idle:interval:count</c>; null leaves the system's setting.</summary>
    public KeepaliveSocketConfig? SoKeepalive { get; init; }

    /// <summary><c>ipv6only=on|off</c>; on as in nginx.</summary>
    public bool Ipv6Only { get; init; } = true;

    /// <summary>Whether a virtual router holds the address, which is there only at times.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>Whether any option of the socket itself was written, and so decides for all servers that share the address.</summary>
    public bool HasSocketOptions => Backlog != 511 || ReusePort || ProxyProtocol || SoKeepalive is not null || !Ipv6Only;
}
