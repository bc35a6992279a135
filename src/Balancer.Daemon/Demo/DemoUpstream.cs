using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Daemon.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Demo;

/// <summary>A small upstream server on a port of its own, that says which one it is and what it was asked.</summary>
internal sealed class DemoUpstream : IAsyncDisposable
{
    private readonly SmallHttpServer _server;

    private DemoUpstream(SmallHttpServer server) => _server = server;

    /// <summary>As in <c>127.0.0.1:34567</c>.</summary>
    public string Address => new Uri(_server.Address).Authority;

    /// <summary>Starts one.</summary>
    public static async Task<DemoUpstream> StartAsync(string name, ILoggerFactory loggers)
    {
        var listen = new ListenConfig { Source = SourceLocation.None, EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        return new DemoUpstream(await SmallHttpServer.StartAsync(listen, context => AnswerAsync(context, name), loggers, CancellationToken.None));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, string name)
    {
        var request = context.Request;
        var body = Encoding.UTF8.GetBytes(
            $"Upstream server {name} on port {context.Connection.LocalPort}: {request.Method} {request.Path}{request.QueryString} for {request.Headers["X-Forwarded-For"]}\n");
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
