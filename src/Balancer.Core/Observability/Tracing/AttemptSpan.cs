using System.Diagnostics;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Observability.Tracing;

/// <summary>The span of a try on an upstream server, with the attributes of OpenTelemetry's conventions for HTTP clients.</summary>
internal static class AttemptSpan
{
    /// <summary>Begins the span of a request that is traced.</summary>
    /// <param name="exchange">The request; its record of the try has begun.</param>
    /// <param name="timestamp">Stopwatch timestamp of the start.</param>
    public static void Begin(HttpExchange exchange, long timestamp)
    {
        var trace = exchange.Trace;
        if (trace.Span is { } span)
        {
            trace.Attempt = Spans.Start("try", ActivityKind.Client, span.Context, timestamp);
        }
    }

    /// <summary>Ends it; the record of the try is complete.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="upstream">The name of the pool.</param>
    /// <param name="address">The address of the server.</param>
    /// <param name="head">The head the server was sent.</param>
    /// <param name="isTls">Whether TLS was spoken to it.</param>
    /// <param name="isHttp2">Whether HTTP/2 was.</param>
    /// <param name="error">What the try failed with.</param>
    public static void End(HttpExchange exchange, string upstream, string address, ReadOnlySpan<byte> head, bool isTls, bool isHttp2, ProxyError error)
    {
        var trace = exchange.Trace;
        if (trace is not { Attempt: { } span, Sink: { } sink })
        {
            return;
        }

        trace.Attempt = null;
        ref var attempt = ref exchange.CurrentAttempt;
        var line = head[..Math.Max(0, head.IndexOf("\r\n"u8))];
        span.DisplayName = GatewaySpan.MethodOf(RequestLine.KnownMethodOf(line[..Math.Max(0, line.IndexOf((byte)' '))]));
        span.SetTag("http.request.method", span.DisplayName);
        span.SetTag("balancer.upstream", upstream);
        SetServer(span, address, line, isTls);
        span.SetTag("network.protocol.version", isHttp2 ? "2" : "1.1");
        if (exchange.AttemptCount > 1)
        {
            span.SetTag("http.request.resend_count", exchange.AttemptCount - 1);
        }

        var hasResponse = attempt.HeaderTicks >= 0;
        if (hasResponse)
        {
            span.SetTag("http.response.status_code", attempt.Status);
        }

        if (error != ProxyError.None || (hasResponse && attempt.Status >= 400))
        {
            span.SetTag("error.type", GatewaySpan.ErrorType(error, attempt.Status));
            span.SetStatus(ActivityStatusCode.Error);
        }

        Spans.End(span, attempt.ResponseTicks, sink);
    }

    private static void SetServer(Activity span, string address, ReadOnlySpan<byte> line, bool isTls)
    {
        if (!UpstreamAddress.TryParse(address, out var server, out _))
        {
            return;
        }

        span.SetTag("server.address", server.UnixPath ?? server.Host);
        if (server.UnixPath is not null)
        {
            span.SetTag("network.transport", "unix");
            return;
        }

        span.SetTag("server.port", server.Port);
        var start = line.IndexOf((byte)' ') + 1;
        var end = line.LastIndexOf((byte)' ');
        if (start < end)
        {
            span.SetTag("url.full", $"{(isTls ? "https" : "http")}://{address}{Spans.Text(line[start..end])}");
        }
    }
}
