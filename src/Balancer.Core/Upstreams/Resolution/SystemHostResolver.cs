using System.Net;
using System.Net.Sockets;

namespace Balancer.Upstreams.Resolution;

/// <summary>The system's resolver: /etc/hosts, /etc/resolv.conf and whatever nsswitch.conf says.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    /// <summary>The one instance.</summary>
    public static SystemHostResolver Instance { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancel);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            // No such name, no answer, or a name that cannot be asked for.
            return [];
        }
    }
}
