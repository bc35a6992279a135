using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Balancer.TestSupport.Http2;

/// <summary>An upstream server of Kestrel's that speaks HTTP/2 alone, unless told otherwise.</summary>
internal sealed class KestrelUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _connections;

    private KestrelUpstream(WebApplication app) => _app = app;

    /// <summary>The address as a server line wants it.</summary>
    public string Address => _app.Urls.Single().Split("://")[1];

    /// <summary>What requests looked like: method, scheme, authority and target.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts it on a port the system chooses, or on a given one.</summary>
    public static async Task<KestrelUpstream> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http2, int port = 0, Action<KestrelServerLimits>? limits = null)
    {
        KestrelUpstream? upstream = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(options =>
        {
            options.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            options.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            limits?.Invoke(options.Limits);
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }

                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref upstream!._connections);
                    return next(connection);
                });
            });
        });
        var app = builder.Build();
        upstream = new KestrelUpstream(app);
        app.Run(context =>
        {
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            upstream.Requests.Enqueue($"{context.Request.Method} {context.Request.Scheme} {context.Request.Host} {target} {context.Request.Protocol}");
            return answer(context);
        });
        await app.StartAsync();
        return upstream;
    }

    /// <summary>Stops it; requests that run are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
