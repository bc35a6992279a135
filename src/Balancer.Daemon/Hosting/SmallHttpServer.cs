using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Balancer.Daemon.Hosting;

/// <summary>
/// Kestrel on one address, without the generic host, whose container and configuration would double the time to start.
/// For pages of the daemon itself; proxied traffic never comes here.
/// </summary>
internal sealed class SmallHttpServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly RequestDelegate _handler;

    private SmallHttpServer(ListenConfig listen, RequestDelegate handler, ILoggerFactory loggers)
    {
        _handler = handler;
        Listen = listen;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = 256;
        options.Limits.MaxRequestBodySize = 64 * 1024;
        options.Listen(listen.EndPoint, static endPoint => endPoint.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportOptions { CreateBoundListenSocket = _ => ListenSocket.Open(listen), Backlog = listen.Backlog };
        _server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(transport), loggers), loggers);
    }

    /// <summary>What it was asked to listen on.</summary>
    public ListenConfig Listen { get; }

    /// <summary>The address it serves on; with the port the system chose where port 0 was asked for.</summary>
    public string Address => _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    /// <summary>Starts to serve.</summary>
    /// <exception cref="IOException">The address cannot be bound; the message says why.</exception>
    public static async Task<SmallHttpServer> StartAsync(ListenConfig listen, RequestDelegate handler, ILoggerFactory loggers, CancellationToken cancel)
    {
        var server = new SmallHttpServer(listen, handler, loggers);
        try
        {
            await server._server.StartAsync(server, cancel);
            return server;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            server._server.Dispose();
            throw new IOException(BindError.Describe(e, listen.EndPoint), e);
        }
    }

    /// <summary>Stops at once: requests that run are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        if (Listen.EndPoint is UnixDomainSocketEndPoint unix)
        {
            File.Delete(unix.ToString());
        }
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context) => _handler(context);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
