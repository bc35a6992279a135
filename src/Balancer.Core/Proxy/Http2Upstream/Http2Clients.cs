using System.Collections.Concurrent;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// The clients of all HTTP/2 servers. Each lives as long as requests want it: a reload that changes nothing about a server finds its client
/// again; one that is not used any more is closed when its connections have become idle for <c>keepalive_timeout</c>, and at once when its
/// server has left the configuration.
/// </summary>
internal sealed class Http2Clients : IDisposable
{
    private const long SweepMilliseconds = 1000;

    private readonly GatewayServices _services;
    private readonly ConcurrentDictionary<(ServerConnections Owner, Http2ClientSettings Settings), Http2Client> _clients = new();
    private readonly IDisposable _registration;
    private long _nextSweep;

    public Http2Clients(GatewayServices services)
    {
        _services = services;
        _registration = services.Heartbeat.Register(OnBeat);
    }

    /// <summary>The client of a server, into which the exchange is counted.</summary>
    public Http2Client Enter(Http2Exchange exchange, in Http2Target target)
    {
        var key = (target.Owner, target.Settings);
        while (true)
        {
            var client = _clients.GetOrAdd(key, static (_, made) => new Http2Client(made.Target, made.Services), (Target: target, Services: _services));
            if (client.TryEnter(exchange))
            {
                return client;
            }

            _clients.TryRemove(new KeyValuePair<(ServerConnections, Http2ClientSettings), Http2Client>(key, client));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private void OnBeat()
    {
        var now = _services.Clock.Milliseconds;
        if (now < _nextSweep)
        {
            return;
        }

        _nextSweep = now + SweepMilliseconds;
        foreach (var entry in _clients)
        {
            if (entry.Value.TryClose())
            {
                _clients.TryRemove(entry);
            }
        }
    }
}
