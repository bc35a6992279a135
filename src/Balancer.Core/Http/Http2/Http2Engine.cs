using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Balancer.Http.Http2;

/// <summary>
/// Kestrel's HTTP/2 engine without its listeners: frames, HPACK, flow control and the state of streams. One for each set of limits, for
/// the engine takes them once and for all its connections. Timeouts, body sizes and logs are the gateway's, so they are off here.
/// </summary>
internal sealed class Http2Engine : IAsyncDisposable
{
    /// <summary>As good as never; the longest span there is would overflow within the engine.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromDays(3650);

    private readonly KestrelServer _server;
    private readonly Http2EngineListener _listener;
    private int _connections;

    private Http2Engine(KestrelServer server, Http2EngineListener listener)
    {
        _server = server;
        _listener = listener;
    }

    /// <summary>How many connections it serves.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts an engine.</summary>
    public static async Task<Http2Engine> StartAsync(Http2Limits limits)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowAlternateSchemes = true,
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        options.Limits.KeepAliveTimeout = s_never;
        options.Limits.RequestHeadersTimeout = s_never;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestLineSize = limits.EngineHeadSize;
        options.Limits.MaxRequestHeadersTotalSize = limits.EngineHeadSize;
        options.Limits.MaxRequestHeaderCount = Http2Limits.MaxFields;
        options.Limits.Http2.MaxRequestHeaderFieldSize = limits.EngineHeadSize;
        options.Limits.Http2.MaxStreamsPerConnection = limits.MaxConcurrentStreams;
        options.Limits.Http2.InitialStreamWindowSize = Http2Limits.StreamWindow;
        options.Limits.Http2.InitialConnectionWindowSize = limits.ConnectionWindow;
        var endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        options.Listen(endPoint, static listen => listen.Protocols = HttpProtocols.Http2);
        var listener = new Http2EngineListener(endPoint);
        var server = new KestrelServer(Options.Create(options), listener, NullLoggerFactory.Instance);
        await server.StartAsync(new Http2Application(), CancellationToken.None);
        return new Http2Engine(server, listener);
    }

    /// <summary>Serves a connection until it is closed.</summary>
    public async Task ServeAsync(Http2Transport transport)
    {
        Interlocked.Increment(ref _connections);
        if (_listener.TryAdd(transport))
        {
            await transport.Completion;
        }

        Interlocked.Decrement(ref _connections);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // All connections are closed; one it was not waited for must not be waited for here.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }
}
