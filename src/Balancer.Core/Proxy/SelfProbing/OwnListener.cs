using System.Net;
using Balancer.Configuration;
using Balancer.Transport;

namespace Balancer.Proxy.SelfProbing;

/// <summary>
/// A listener for probes alone, on a port of 127.0.0.1 that the system chooses: a gateway whose addresses are all with the other one has no listener of its own
/// that could be reached. Others who connect are cut off.
/// </summary>
internal sealed class OwnListener : IAsyncDisposable
{
    private readonly SocketListener _listener;
    private readonly Task _accepting;

    /// <exception cref="System.Net.Sockets.SocketException">It cannot be bound.</exception>
    public OwnListener(GatewayServices services, ProbeService service)
    {
        var listen = new ListenConfig { Source = SourceLocation.None, EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        _listener = new SocketListener(listen, services.Loggers, services.Time);
        _accepting = AcceptAsync(services.ProbePeers, service);
    }

    /// <summary>Where it is bound.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync();
        await _accepting;
        await _listener.DisposeAsync();
    }

    private async Task AcceptAsync(ProbePeers peers, ProbeService service)
    {
        while (await _listener.AcceptAsync() is { } context)
        {
            if (peers.Has(context.RemoteEndPoint))
            {
                _ = service.ServeAsync(context);
            }
            else
            {
                context.Abort();
                await context.DisposeAsync();
            }
        }
    }
}
