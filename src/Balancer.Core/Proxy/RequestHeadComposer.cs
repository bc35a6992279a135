using System.Buffers;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Tracing;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>
/// Writes the head an upstream server gets, in one pass: request line, Host, the client's fields less those that end here or are
/// replaced, then the gateway's own and the framing of the body; and behind it a body of the gateway's own (<c>proxy_set_body</c>).
/// </summary>
internal static class RequestHeadComposer
{
    /// <summary>Writes it.</summary>
    /// <returns>False when <c>proxy_method</c> came out as something that is no method; the head must not be used then.</returns>
    public static bool Compose(HttpExchange exchange, ProxyAction action, bool isTrusted, HeadWriter head)
    {
        var request = exchange.Request;
        if (!TryWriteMethod(exchange, action, head))
        {
            return false;
        }

        head.Write(" "u8);
        WriteTarget(exchange, action, head);
        head.Write(" HTTP/1.1\r\n"u8);
        WriteHost(exchange, action, head);
        if (action.Change is { PassesFields: false })
        {
            CopyClaims(request, action, isTrusted, head);
        }
        else
        {
            CopyFields(exchange, action, isTrusted, head);
        }

        WriteForwardingFields(exchange, action.Forwarding, isTrusted, head);
        exchange.Trace.HeadOffset = -1;
        if (exchange.Trace.IsInjected && (action.Forwarding & ForwardingFields.Trace) != 0)
        {
            WriteTraceParent(exchange.Trace, head);
        }

        foreach (var field in action.SetFields)
        {
            field.Value.WriteField(exchange, field.Name, head);
        }

        if (UpgradeTunnel.IsAskedFor(request, action))
        {
            WriteUpgrade(request, head);
        }

        if (action.Change is { KeepsBody: false } change)
        {
            WriteOwnBody(exchange, change, head);
            return true;
        }

        if (request.IsChunked)
        {
            head.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (request.ContentLength >= 0)
        {
            head.WriteField("Content-Length"u8, request.ContentLength);
        }

        head.Write("\r\n"u8);
        return true;
    }

    private static bool TryWriteMethod(HttpExchange exchange, ProxyAction action, HeadWriter head)
    {
        if (action.Change?.Method is not { } template || template.Write(exchange, head) == 0)
        {
            head.Write(exchange.Request.Method);
            return true;
        }

        var method = head.Written;
        return method.Length <= RequestLine.MaxMethodLength
            && method.IndexOfAnyExcept(Http1Syntax.Token) < 0
            && RequestLine.KnownMethodOf(method) is not (KnownMethod.Connect or KnownMethod.Trace);
    }

    /// <summary>Ends the head, and writes the body that takes the place of the client's, if any does.</summary>
    private static void WriteOwnBody(HttpExchange exchange, RequestChange change, HeadWriter head)
    {
        if (change.Body is not { } template)
        {
            head.Write("\r\n"u8);
            return;
        }

        var body = WorkerPool<HeadWriter>.Rent();
        template.Write(exchange, body);
        head.WriteField("Content-Length"u8, body.Length);
        head.Write("\r\n"u8);
        head.Write(body.Written);
        body.Reset();
        WorkerPool<HeadWriter>.Return(body);
    }

    /// <summary>Writes into a composed head, where it tells of the trace, which try it is.</summary>
    public static void TellTrace(HttpExchange exchange, HeadWriter head)
    {
        var trace = exchange.Trace;
        if (trace.HeadOffset < 0)
        {
            return;
        }

        Span<byte> value = stackalloc byte[TraceParent.Length];
        trace.ForUpstream.Write(value);
        head.Overwrite(trace.HeadOffset, value);
    }

    private static void WriteTarget(HttpExchange exchange, ProxyAction action, HeadWriter head)
    {
        if (action.UriTemplate is { } template)
        {
            var written = WorkerPool<HeadWriter>.Rent();
            template.Write(exchange, written);
            if (written.Written is not [(byte)'/', ..])
            {
                head.Write("/"u8);
            }

            head.Advance(UriEscaper.EscapeTarget(written.Written, head.GetSpan(UriEscaper.MaxLength(written.Length))));
            written.Reset();
            WorkerPool<HeadWriter>.Return(written);
            return;
        }

        if (exchange.Uri.IsChanged || (exchange.Uri.IsBesideLocation && !action.Uri.PassesTarget))
        {
            WriteChangedTarget(exchange, action, head);
            return;
        }

        var target = head.GetSpan(action.Uri.MaxLength(exchange.Request, exchange.NormalizedPath));
        head.Advance(action.Uri.Write(exchange.Request, exchange.NormalizedPath, target));
    }

    /// <summary>The path as it was changed to, encoded again, and the query.</summary>
    private static void WriteChangedTarget(HttpExchange exchange, ProxyAction action, HeadWriter head)
    {
        ReadOnlySpan<byte> path = exchange.NormalizedPath;
        if (!exchange.Uri.IsBesideLocation && !action.Uri.PassesTarget)
        {
            head.Write(action.Uri.Prefix);
            path = path[action.Uri.ReplacedLength..];
        }

        head.Advance(UriEscaper.Escape(path, head.GetSpan(UriEscaper.MaxLength(path.Length))));
        if (!exchange.Query.IsEmpty)
        {
            head.Write("?"u8);
            head.Advance(UriEscaper.EscapeTarget(exchange.Query, head.GetSpan(UriEscaper.MaxLength(exchange.Query.Length))));
        }
    }

    private static void WriteHost(HttpExchange exchange, ProxyAction action, HeadWriter head)
    {
        // An HTTP/1.0 client may send no Host, and a text may come out empty; HTTP/1.1 servers insist on one.
        if (action.HostField is not { } template)
        {
            var host = exchange.Request.Host;
            head.WriteField("Host"u8, host.IsEmpty ? action.Host : host);
            return;
        }

        head.Write("Host: "u8);
        var start = head.Length;
        if (template.Write(exchange, head) == 0)
        {
            head.Write(action.Host);
        }

        head.NeutralizeFrom(start);
        head.Write("\r\n"u8);
    }

    /// <summary>Copies the fields that pass, runs of them that stand on the wire as they are to be written with one copy.</summary>
    private static void CopyFields(HttpExchange exchange, ProxyAction action, bool isTrusted, HeadWriter head)
    {
        var request = exchange.Request;
        var trace = exchange.Trace;
        var bytes = request.Bytes;
        var runStart = -1;
        var runEnd = -1;
        foreach (ref var field in request.Headers.Fields)
        {
            if ((field.Flags & (HeaderFieldFlags.HopByHop | HeaderFieldFlags.Dropped)) != 0
                || IsOwn(field.Known, isTrusted)
                || (trace.IsInjected && trace.Replaces(field.Known))
                || action.DroppedFields.Contains(field, request))
            {
                continue;
            }

            if ((field.Flags & HeaderFieldFlags.Canonical) == 0)
            {
                // RFC 9110 section 5.3: lines of one field keep their order.
                FlushRun(bytes, runStart, runEnd, head);
                runStart = runEnd = -1;
                head.WriteField(request.Name(field), request.Value(field));
                continue;
            }

            if (field.NameStart != runEnd)
            {
                FlushRun(bytes, runStart, runEnd, head);
                runStart = field.NameStart;
            }

            runEnd = field.ValueStart + field.ValueLength + 2;
        }

        FlushRun(bytes, runStart, runEnd, head);
    }

    /// <summary>Of fields that do not pass, copies what a trusted proxy says of the client in place of what the gateway would say itself.</summary>
    private static void CopyClaims(RequestHead request, ProxyAction action, bool isTrusted, HeadWriter head)
    {
        if (!isTrusted)
        {
            return;
        }

        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known is KnownHeader.XForwardedProto or KnownHeader.XForwardedHost or KnownHeader.XRequestId
                && (field.Flags & (HeaderFieldFlags.HopByHop | HeaderFieldFlags.Dropped)) == 0
                && !action.DroppedFields.Contains(field, request))
            {
                head.WriteField(request.Name(field), request.Value(field));
            }
        }
    }

    private static void FlushRun(ReadOnlySpan<byte> bytes, int start, int end, HeadWriter head)
    {
        if (start >= 0)
        {
            head.Write(bytes[start..end]);
        }
    }

    /// <summary>Fields the gateway writes itself, and claims about the client that only a trusted proxy may make.</summary>
    private static bool IsOwn(KnownHeader known, bool isTrusted) => known switch
    {
        KnownHeader.None => false,
        KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding or KnownHeader.Expect => true,
        KnownHeader.XForwardedFor or KnownHeader.XRealIP => true,
        KnownHeader.XForwardedProto or KnownHeader.XForwardedHost or KnownHeader.XForwardedPort or KnownHeader.Forwarded or KnownHeader.XRequestId => !isTrusted,
        _ => false,
    };

    private static void WriteForwardingFields(HttpExchange exchange, ForwardingFields fields, bool isTrusted, HeadWriter head)
    {
        var request = exchange.Request;
        if ((fields & ForwardingFields.For) != 0)
        {
            head.Write("X-Forwarded-For: "u8);
            if (isTrusted)
            {
                WriteReceivedForwardedFor(request, head);
            }

            head.Write(exchange.Connection.Peer.Text);
            head.Write("\r\n"u8);
        }

        if ((fields & ForwardingFields.RealIP) != 0)
        {
            head.WriteField("X-Real-IP"u8, exchange.Client.Text);
        }

        if ((fields & ForwardingFields.Proto) != 0 && !(isTrusted && request.Headers.IndexOf(KnownHeader.XForwardedProto) >= 0))
        {
            head.Write(exchange.Connection.IsTls ? "X-Forwarded-Proto: https\r\n"u8 : "X-Forwarded-Proto: http\r\n"u8);
        }

        if ((fields & ForwardingFields.Host) != 0 && !request.Host.IsEmpty && !(isTrusted && request.Headers.IndexOf(KnownHeader.XForwardedHost) >= 0))
        {
            head.WriteField("X-Forwarded-Host"u8, request.Host);
        }

        if ((fields & ForwardingFields.RequestId) != 0 && !(isTrusted && request.Headers.IndexOf(KnownHeader.XRequestId) >= 0))
        {
            head.WriteField("X-Request-ID"u8, exchange.RequestId);
        }
    }

    private static void WriteTraceParent(RequestTrace trace, HeadWriter head)
    {
        head.Write("traceparent: "u8);
        trace.HeadOffset = head.Length;
        trace.ForUpstream.Write(head.GetSpan(TraceParent.Length));
        head.Advance(TraceParent.Length);
        head.Write("\r\n"u8);
    }

    private static void WriteUpgrade(RequestHead request, HeadWriter head)
    {
        head.Write("Connection: upgrade\r\n"u8);
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known == KnownHeader.Upgrade)
            {
                head.WriteField("Upgrade"u8, request.Value(field));
            }
        }
    }

    private static void WriteReceivedForwardedFor(RequestHead request, HeadWriter head)
    {
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known == KnownHeader.XForwardedFor && field.ValueLength > 0)
            {
                head.Write(request.Value(field));
                head.Write(", "u8);
            }
        }
    }
}
