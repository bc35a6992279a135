using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Writes the responses the gateway gives itself: <c>return</c>, and a page for every error.</summary>
internal static class LocalResponse
{
    private static readonly byte[] TextHtml = "text/html"u8.ToArray();

    /// <summary>Writes the status' own page, which may say more in <paramref name="detail"/>.</summary>
    public static void WriteError(HttpExchange exchange, Downstream downstream, int status, Location? location, WallClock clock, ReadOnlySpan<byte> detail = default)
    {
        var reason = ReasonPhrases.Of(status);
        var body = WorkerPool<HeadWriter>.Rent();
        WritePage(status, reason, body, detail);
        Write(exchange, downstream, status, TextHtml, body.Written, default, location, clock);
        body.Reset();
        WorkerPool<HeadWriter>.Return(body);
    }

    /// <summary>Writes an answer of the gateway's own; nobody may keep it for later.</summary>
    public static void WriteOwn(HttpExchange exchange, Downstream downstream, int status, byte[] contentType, ReadOnlySpan<byte> body, Location location, WallClock clock)
    {
        exchange.PhaseFields.Add("Cache-Control"u8, "no-store"u8);
        Write(exchange, downstream, status, contentType, body, default, location, clock);
    }

    /// <summary>Carries out a <c>return</c> other than 444.</summary>
    public static void WriteReturn(HttpExchange exchange, Downstream downstream, ReturnAction action, Location? location, WallClock clock)
    {
        exchange.Status = action.Status;
        var text = WorkerPool<HeadWriter>.Rent();
        action.Text?.Write(exchange, text);
        if (action.IsRedirect)
        {
            text.NeutralizeFrom(0);
            WriteRedirect(exchange, downstream, action.Status, text.Written, location, clock);
        }
        else if (action.Text is null && action.Status >= 300)
        {
            WriteError(exchange, downstream, action.Status, location, clock);
        }
        else
        {
            var kept = exchange.Uri.KeptStatus;
            Write(exchange, downstream, kept != 0 ? kept : action.Status, action.ContentType, text.Written, default, location, clock);
        }

        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
    }

    /// <summary>Redirects to the path of a proxied location that the request lacks only the last slash of.</summary>
    public static void WriteSlashRedirect(HttpExchange exchange, Downstream downstream, byte[] path, Location? location, WallClock clock)
    {
        var target = WorkerPool<HeadWriter>.Rent();
        target.Write(path);
        if (exchange.Request.HasQuery)
        {
            target.Write("?"u8);
            target.Write(exchange.Request.Query);
        }

        WriteRedirect(exchange, downstream, 301, target.Written, location, clock);
        target.Reset();
        WorkerPool<HeadWriter>.Return(target);
    }

    /// <summary>Redirects. As in nginx a path becomes a whole URL (<c>absolute_redirect on</c>).</summary>
    public static void WriteRedirect(HttpExchange exchange, Downstream downstream, int status, ReadOnlySpan<byte> target, Location? location, WallClock clock)
    {
        var url = WorkerPool<HeadWriter>.Rent();
        if (target is [(byte)'/', ..])
        {
            WriteOrigin(exchange, url);
        }

        url.Write(target);
        var page = WorkerPool<HeadWriter>.Rent();
        WritePage(status, ReasonPhrases.Of(status), page);
        Write(exchange, downstream, status, TextHtml, page.Written, url.Written, location, clock);
        page.Reset();
        WorkerPool<HeadWriter>.Return(page);
        url.Reset();
        WorkerPool<HeadWriter>.Return(url);
    }

    /// <summary>
    /// Scheme, host and port of this server as nginx names them: the request's host or else the address connected to
    /// (<c>server_name_in_redirect off</c>), and the port connected to unless it is the scheme's own (<c>port_in_redirect on</c>).
    /// Nothing when neither is known: a unix socket asked without a host.
    /// </summary>
    public static void WriteOrigin(HttpExchange exchange, HeadWriter output)
    {
        var connection = exchange.Connection;
        var host = exchange.Request.HostName;
        if (host.IsEmpty && connection.Local.Address is null)
        {
            return;
        }

        output.Write(connection.IsTls ? "https://"u8 : "http://"u8);
        if (!host.IsEmpty)
        {
            Ascii.ToLower(host, output.GetSpan(host.Length), out var length);
            output.Advance(length);
        }
        else if (connection.Local.Address!.AddressFamily == AddressFamily.InterNetworkV6)
        {
            output.Write("["u8);
            output.Write(connection.Local.Text);
            output.Write("]"u8);
        }
        else
        {
            output.Write(connection.Local.Text);
        }

        if (connection.Local.Port != 0 && connection.Local.Port != (connection.IsTls ? 443 : 80))
        {
            Span<byte> digits = stackalloc byte[10];
            Utf8Formatter.TryFormat(connection.Local.Port, digits, out var length);
            output.Write(":"u8);
            output.Write(digits[..length]);
        }
    }

    private static void Write(HttpExchange exchange, Downstream downstream, int status, byte[] contentType, ReadOnlySpan<byte> body, ReadOnlySpan<byte> redirect, Location? location, WallClock clock)
    {
        var hasBody = status is >= 200 and not (204 or 304);
        exchange.LocalContentType = hasBody ? contentType : [];
        downstream.BeginResponse(exchange, status, ReasonPhrases.Of(status), ResponseTrailers.Framing(exchange, location, status, BodyFraming.ContentLength), hasBody ? body.Length : -1);
        downstream.AddField("Server"u8, "balancer"u8);
        downstream.AddField("Date"u8, clock.HttpDate);
        if (hasBody)
        {
            downstream.AddField("Content-Type"u8, contentType);
        }

        if (!redirect.IsEmpty)
        {
            downstream.AddField("Location"u8, redirect);
        }

        AddExpires(exchange, downstream, location, status);
        AddFields(exchange, downstream, location);
        downstream.EndHead(exchange);
        if (hasBody && exchange.Request.KnownMethod != KnownMethod.Head)
        {
            downstream.WriteBody(exchange, body);
        }

        ResponseTrailers.EndBody(exchange, downstream, location);
    }

    /// <summary>Adds those of <c>expires</c> to an answer of the gateway.</summary>
    public static void AddExpires(HttpExchange exchange, Downstream downstream, Location? location, int status)
    {
        if (location?.Expires is { } expires && expires.TryDecide(exchange, status, out var value))
        {
            expires.AddTo(downstream, value, lastModified: null);
        }
    }

    /// <summary>Adds the fields of <c>add_header</c> that have a value, and those of the phases before.</summary>
    public static void AddFields(HttpExchange exchange, Downstream downstream, Location? location)
    {
        if (exchange.PhaseFields.Count > 0)
        {
            exchange.PhaseFields.WriteTo(downstream);
        }

        foreach (var field in location?.AddedFields ?? [])
        {
            if (field.Value.IsConstant)
            {
                downstream.AddField(field.Name, field.Value.Constant);
                continue;
            }

            var value = WorkerPool<HeadWriter>.Rent();
            if (field.Value.Write(exchange, value) > 0)
            {
                value.NeutralizeFrom(0);
                downstream.AddField(field.Name, value.Written);
            }

            value.Reset();
            WorkerPool<HeadWriter>.Return(value);
        }
    }

    private static void WritePage(int status, ReadOnlySpan<byte> reason, HeadWriter page, ReadOnlySpan<byte> detail = default)
    {
        Span<byte> digits = stackalloc byte[10];
        Utf8Formatter.TryFormat(status, digits, out var length);
        digits = digits[..length];
        page.Write("<html>\r\n<head><title>"u8);
        page.Write(digits);
        page.Write(" "u8);
        page.Write(detail.IsEmpty ? reason : detail);
        page.Write("</title></head>\r\n<body>\r\n<center><h1>"u8);
        page.Write(digits);
        page.Write(" "u8);
        page.Write(reason);
        page.Write("</h1></center>\r\n"u8);
        if (!detail.IsEmpty)
        {
            page.Write("<center>"u8);
            page.Write(detail);
            page.Write("</center>\r\n"u8);
        }

        page.Write("</body>\r\n</html>\r\n"u8);
    }
}
