using System.Text;
using System.Text.RegularExpressions;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Rewriting;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Passes the fields of a server's response on.</summary>
internal static class ResponseFields
{
    /// <summary>Copies all that are the client's: not those that end here, nor the framing, nor those hidden.</summary>
    /// <param name="exchange">The exchange, with the response.</param>
    /// <param name="downstream">The client side.</param>
    /// <param name="hidden">The fields hidden.</param>
    /// <param name="rewriting">What is changed in them; null for nothing.</param>
    /// <param name="log">The error log.</param>
    /// <returns>Whether a Date was among them.</returns>
    public static bool Copy(HttpExchange exchange, Downstream downstream, FieldNameSet hidden, ResponseRewriting? rewriting, ProxyLog log)
    {
        var response = exchange.Response;
        var hasDate = false;
        foreach (ref var field in response.Headers.Fields)
        {
            if ((field.Flags & HeaderFieldFlags.HopByHop) != 0
                || field.Known is KnownHeader.ContentLength or KnownHeader.TransferEncoding
                || hidden.Contains(field, response))
            {
                continue;
            }

            hasDate |= field.Known == KnownHeader.Date;
            if (rewriting is null || !TryRewrite(exchange, downstream, rewriting, field, log))
            {
                downstream.AddField(response.Name(field), response.Value(field));
            }
        }

        return hasDate;
    }

    private static bool TryRewrite(HttpExchange exchange, Downstream downstream, ResponseRewriting rewriting, in HeaderField field, ProxyLog log)
    {
        var response = exchange.Response;
        var isRefresh = field.NameLength == 7 && field.Known == KnownHeader.None && Ascii.EqualsIgnoreCase(response.Name(field), "refresh"u8);
        if (!isRefresh && field.Known is not (KnownHeader.Location or KnownHeader.SetCookie))
        {
            return false;
        }

        var text = WorkerPool<HeadWriter>.Rent();
        var value = response.Value(field);
        bool isChanged;
        try
        {
            isChanged = field.Known switch
            {
                KnownHeader.Location => rewriting.TryRewriteLocation(exchange, value, text),
                KnownHeader.SetCookie => rewriting.TryRewriteCookie(exchange, value, text),
                _ => rewriting.TryRewriteRefresh(exchange, value, text),
            };
        }
        catch (RegexMatchTimeoutException e)
        {
            // As when none fits: what the server said is passed on.
            log.ExpressionGivenUp(e.Pattern, exchange);
            isChanged = false;
        }

        if (isChanged)
        {
            text.NeutralizeFrom(0);
            Add(exchange, downstream, response.Name(field), text.Written, isUrl: field.Known == KnownHeader.Location);
        }

        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
        return isChanged;
    }

    /// <summary>Adds a changed field. As in nginx a path becomes a whole URL.</summary>
    private static void Add(HttpExchange exchange, Downstream downstream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isUrl)
    {
        if (!isUrl || value is not [(byte)'/', ..])
        {
            downstream.AddField(name, value);
            return;
        }

        var url = WorkerPool<HeadWriter>.Rent();
        LocalResponse.WriteOrigin(exchange, url);
        url.Write(value);
        downstream.AddField(name, url.Written);
        url.Reset();
        WorkerPool<HeadWriter>.Return(url);
    }

    /// <summary>Keeps what a 401 asks for, for the answer that takes its place.</summary>
    public static void KeepChallenges(HttpExchange exchange)
    {
        var response = exchange.Response;
        foreach (ref var field in response.Headers.Fields)
        {
            if (field.NameLength == 16 && Ascii.EqualsIgnoreCase(response.Name(field), "www-authenticate"u8))
            {
                exchange.PhaseFields.Add("WWW-Authenticate"u8, response.Value(field));
            }
        }
    }
}
