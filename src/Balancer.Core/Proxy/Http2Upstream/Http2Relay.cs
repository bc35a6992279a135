using System.Buffers;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>Passes the response of an HTTP/2 server on to the client as <see cref="ResponseRelay"/> does one of HTTP/1.1.</summary>
internal static class Http2Relay
{
    /// <summary>As much as is read at once; what the client does not take is left to the stream's window.</summary>
    private const int BufferSize = 32 * 1024;

    /// <summary>Relays the response whose head was read, ends the exchange and settles the try.</summary>
    /// <returns>None when the client has the whole response; else why it broke off.</returns>
    public static async ValueTask<ProxyError> RelayAsync(ForwardContext context, Location location, Http2Exchange upstream, GatewayServices services)
    {
        var exchange = context.Exchange;
        var downstream = context.Downstream;
        var response = exchange.Response;
        var isHead = exchange.Request.KnownMethod == KnownMethod.Head;
        var framing = isHead ? BodyFraming.None : response.Framing(context.Method);
        ResponseRelay.WriteHead(context, location, framing, services);

        var hasBody = framing != BodyFraming.None || (response is { ContentLength: 0, Status: >= 200 and not (204 or 304) } && !isHead && context.Method != KnownMethod.Head);
        var (upstreamError, downstreamError) = hasBody ? await RelayBodyAsync(context, upstream) : default;
        if (upstreamError == ProxyError.None && downstreamError == ProxyError.None)
        {
            EndBody(context, location, hasBody ? upstream : null);
        }

        var error = upstreamError != ProxyError.None ? upstreamError : downstreamError;
        context.Http2 = null;
        await upstream.DisposeAsync();

        // As in nginx a response that breaks off within its body is no failure of the server's health, but it is counted.
        var isServersResult = error == ProxyError.None || ProxyErrors.IsUpstreams(error);
        Forwarder.Settle(context, isServersResult ? PickOutcome.Success : PickOutcome.NoFault, isServersResult ? error : ProxyError.None);
        if (error == ProxyError.None && !await downstream.FlushAsync(exchange))
        {
            error = context.DownstreamFailure;
        }

        if (error == ProxyError.None)
        {
            exchange.Completed = true;
        }
        else if (ProxyErrors.IsUpstreams(error) && downstreamError == ProxyError.None && response.ContentLength < 0 && GrpcResponse.IsExpected(exchange, location))
        {
            downstream.EndBody(exchange, GrpcResponse.BrokenOff);
            await downstream.FlushAsync(exchange);
        }
        else
        {
            // The client must see that the response is not whole.
            downstream.Abort();
        }

        return error;
    }

    private static async ValueTask<(ProxyError Upstream, ProxyError Downstream)> RelayBodyAsync(ForwardContext context, Http2Exchange upstream)
    {
        var exchange = context.Exchange;
        var downstream = context.Downstream;
        var left = exchange.Response.ContentLength;
        var downstreamError = ProxyError.None;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                // What is at hand is passed on before anything is waited for: a server may send messages one by one.
                var pending = upstream.ReadAsync(buffer);
                if (downstreamError == ProxyError.None
                    && downstream.UnflushedBytes > 0
                    && (!pending.IsCompleted || downstream.UnflushedBytes >= BufferSize)
                    && !await downstream.FlushAsync(exchange))
                {
                    downstreamError = context.DownstreamFailure;
                    if (!context.Action.IgnoreClientAbort)
                    {
                        await upstream.CancelAsync();
                        await upstream.EndReadAsync(pending);
                        return (ProxyError.None, downstreamError);
                    }
                }

                var (length, error) = await upstream.EndReadAsync(pending);
                if (error != ProxyError.None)
                {
                    return (error, downstreamError);
                }

                if (length == 0)
                {
                    return (left > 0 ? ProxyError.UpstreamTruncated : ProxyError.None, downstreamError);
                }

                if (left >= 0 && (left -= length) < 0)
                {
                    // RFC 9113 section 8.1.1: more than Content-Length says is malformed.
                    return (ProxyError.UpstreamTruncated, downstreamError);
                }

                exchange.CurrentAttempt.BytesReceived += length;
                exchange.CurrentAttempt.ResponseLength += length;
                if (downstreamError == ProxyError.None)
                {
                    downstream.WriteBody(exchange, buffer.AsSpan(0, length));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void EndBody(ForwardContext context, Location location, Http2Exchange? upstream)
    {
        var lines = WorkerPool<HeadWriter>.Rent();
        upstream?.WriteTrailers(lines);
        if (ResponseTrailers.AreExpected(context.Exchange, location))
        {
            ResponseRelay.WriteAddedTrailers(context, location, lines);
        }

        context.Downstream.EndBody(context.Exchange, lines.Written);
        lines.Reset();
        WorkerPool<HeadWriter>.Return(lines);
    }
}
