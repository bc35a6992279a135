using System.Buffers.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Writes the responses the gateway gives itself: <c>return</c>, and a page for every error.</summary>
internal static class LocalResponse
{
    private static readonly byte[] TextHtml = "text/html"u8.ToArray();

    /// <summary>Writes the status' own page.</summary>
    public static void WriteError(HttpExchange exchange, Downstream downstream, int status, AddedField[] added, WallClock clock)
    {
        var reason = ReasonPhrases.Of(status);
        var body = WorkerPool<HeadWriter>.Rent();
        WritePage(status, reason, body);
        Write(exchange, downstream, status, TextHtml, body.Written, default, added, clock);
        body.Reset();
        WorkerPool<HeadWriter>.Return(body);
    }

    /// <summary>Carries out a <c>return</c> other than 444.</summary>
    public static void WriteReturn(HttpExchange exchange, Downstream downstream, ReturnAction action, AddedField[] added, WallClock clock)
    {
        var text = WorkerPool<HeadWriter>.Rent();
        action.Text?.Write(exchange, text);
        if (action.IsRedirect)
        {
            text.NeutralizeFrom(0);
            var page = WorkerPool<HeadWriter>.Rent();
            WritePage(action.Status, ReasonPhrases.Of(action.Status), page);
            Write(exchange, downstream, action.Status, TextHtml, page.Written, text.Written, added, clock);
            page.Reset();
            WorkerPool<HeadWriter>.Return(page);
        }
        else if (action.Text is null && action.Status >= 300)
        {
            WriteError(exchange, downstream, action.Status, added, clock);
        }
        else
        {
            Write(exchange, downstream, action.Status, action.ContentType, text.Written, default, added, clock);
        }

        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
    }

    /// <summary>Redirects to the path of a proxied location that the request lacks only the last slash of.</summary>
    public static void WriteSlashRedirect(HttpExchange exchange, Downstream downstream, byte[] path, AddedField[] added, WallClock clock)
    {
        var location = WorkerPool<HeadWriter>.Rent();
        var request = exchange.Request;
        if (!request.Host.IsEmpty)
        {
            location.Write(exchange.Connection.IsTls ? "https://"u8 : "http://"u8);
            location.Write(request.Host);
        }

        location.Write(path);
        if (request.HasQuery)
        {
            location.Write("?"u8);
            location.Write(request.Query);
        }

        var page = WorkerPool<HeadWriter>.Rent();
        WritePage(301, ReasonPhrases.Of(301), page);
        Write(exchange, downstream, 301, TextHtml, page.Written, location.Written, added, clock);
        page.Reset();
        WorkerPool<HeadWriter>.Return(page);
        location.Reset();
        WorkerPool<HeadWriter>.Return(location);
    }

    private static void Write(HttpExchange exchange, Downstream downstream, int status, byte[] contentType, ReadOnlySpan<byte> body, ReadOnlySpan<byte> location, AddedField[] added, WallClock clock)
    {
        var hasBody = status is >= 200 and not (204 or 304);
        exchange.LocalContentType = hasBody ? contentType : [];
        downstream.BeginResponse(exchange, status, ReasonPhrases.Of(status), BodyFraming.ContentLength, hasBody ? body.Length : -1);
        downstream.AddField("Server"u8, "balancer"u8);
        downstream.AddField("Date"u8, clock.HttpDate);
        if (hasBody)
        {
            downstream.AddField("Content-Type"u8, contentType);
        }

        if (!location.IsEmpty)
        {
            downstream.AddField("Location"u8, location);
        }

        AddFields(exchange, downstream, added);
        downstream.EndHead(exchange);
        if (hasBody && exchange.Request.KnownMethod != KnownMethod.Head)
        {
            downstream.WriteBody(exchange, body);
        }

        downstream.EndBody(exchange, default);
    }

    /// <summary>Adds the fields of <c>add_header</c> that have a value.</summary>
    public static void AddFields(HttpExchange exchange, Downstream downstream, AddedField[] added)
    {
        foreach (var field in added)
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

    private static void WritePage(int status, ReadOnlySpan<byte> reason, HeadWriter page)
    {
        Span<byte> digits = stackalloc byte[10];
        Utf8Formatter.TryFormat(status, digits, out var length);
        digits = digits[..length];
        page.Write("<html>\r\n<head><title>"u8);
        page.Write(digits);
        page.Write(" "u8);
        page.Write(reason);
        page.Write("</title></head>\r\n<body>\r\n<center><h1>"u8);
        page.Write(digits);
        page.Write(" "u8);
        page.Write(reason);
        page.Write("</h1></center>\r\n</body>\r\n</html>\r\n"u8);
    }
}
