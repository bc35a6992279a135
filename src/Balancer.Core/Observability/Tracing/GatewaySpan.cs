using System.Diagnostics;
using System.Globalization;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;

namespace Balancer.Observability.Tracing;

/// <summary>The span of a request in the gateway, with the attributes of OpenTelemetry's conventions for HTTP servers.</summary>
internal static class GatewaySpan
{
    /// <summary>Ends the span of a request that has ended.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="policy">The settings of the location it was first led to.</param>
    /// <param name="route">The name of that location.</param>
    public static void End(HttpExchange exchange, TracePolicy policy, string route)
    {
        if (exchange.Trace is not { Span: { } span, Sink: { } sink })
        {
            return;
        }

        // What the client sent: a redirect to an error page makes a GET of it.
        var method = MethodOf(RequestLine.KnownMethodOf(exchange.Request.ReceivedMethod));
        span.DisplayName = policy.SpanName is null ? (route.Length > 0 ? route : method) : TextOf(policy.SpanName, exchange);
        SetRequest(span, exchange, method, route);
        SetClient(span, exchange);
        span.SetTag("http.response.status_code", exchange.Status);
        span.SetTag("http.response.body.size", exchange.BodyBytesSent);
        if (exchange.Status >= 500 || exchange.Error != ProxyError.None)
        {
            span.SetTag("error.type", ErrorType(exchange.Error, exchange.Status));
        }

        if (exchange.Status >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        foreach (var (name, value) in policy.Attributes)
        {
            if (TextOf(value, exchange) is { Length: > 0 } text)
            {
                span.SetTag(name, text);
            }
        }

        Spans.End(span, exchange.ElapsedTicks, sink);
    }

    /// <summary>The method as conventions name it: others than those everybody knows are <c>_OTHER</c>, lest clients make new series of metrics.</summary>
    public static string MethodOf(KnownMethod method) => method switch
    {
        KnownMethod.Get => "GET",
        KnownMethod.Head => "HEAD",
        KnownMethod.Post => "POST",
        KnownMethod.Put => "PUT",
        KnownMethod.Delete => "DELETE",
        KnownMethod.Connect => "CONNECT",
        KnownMethod.Options => "OPTIONS",
        KnownMethod.Trace => "TRACE",
        KnownMethod.Patch => "PATCH",
        _ => "_OTHER",
    };

    /// <summary>What went wrong: what the access log calls it, or the status.</summary>
    public static string ErrorType(ProxyError error, int status) => error != ProxyError.None ? ProxyErrorName.Text(error) : status.ToString(CultureInfo.InvariantCulture);

    private static void SetRequest(Activity span, HttpExchange exchange, string method, string route)
    {
        var request = exchange.Request;
        span.SetTag("http.request.method", method);
        if (method == "_OTHER")
        {
            span.SetTag("http.request.method_original", Spans.Text(request.ReceivedMethod));
        }

        span.SetTag("url.scheme", exchange.Connection.IsTls ? "https" : "http");
        span.SetTag("url.path", Spans.Text(request.Path));
        if (!request.Query.IsEmpty)
        {
            span.SetTag("url.query", Spans.Text(request.Query));
        }

        if (route.Length > 0)
        {
            span.SetTag("http.route", route);
        }

        if (!request.HostName.IsEmpty)
        {
            span.SetTag("server.address", Spans.Text(request.HostName));
        }

        if (exchange.Connection.Local.Port is not 0 and var port)
        {
            span.SetTag("server.port", port);
        }

        span.SetTag("network.protocol.version", request.Version switch { 20 => "2", 10 => "1.0", _ => "1.1" });
        var agent = request.Headers.IndexOf(KnownHeader.UserAgent);
        if (agent >= 0)
        {
            span.SetTag("user_agent.original", Spans.Text(request.Value(request.Headers.Fields[agent])));
        }
    }

    private static void SetClient(Activity span, HttpExchange exchange)
    {
        var peer = exchange.Connection.Peer;
        span.SetTag("client.address", exchange.Client.ToString());
        if (peer.Port != 0)
        {
            span.SetTag("network.peer.address", peer.ToString());
            span.SetTag("network.peer.port", peer.Port);
        }
    }

    private static string TextOf(Http.Variables.TextTemplate template, HttpExchange exchange)
    {
        var written = WorkerPool<HeadWriter>.Rent();
        template.Write(exchange, written);
        var text = Spans.Text(written.Written);
        written.Reset();
        WorkerPool<HeadWriter>.Return(written);
        return text;
    }
}
