using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Rewriting;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Answers requests that failed: by the <c>error_page</c> of their location, or by the page of the status.</summary>
internal static class ErrorAnswer
{
    /// <summary>Writes the answer, or asks for the redirect within the gateway that is to give it (<see cref="UriState.IsRedirected"/>).</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="downstream">The client side.</param>
    /// <param name="location">The location that failed.</param>
    /// <param name="status">The status.</param>
    /// <param name="clock">The time.</param>
    /// <param name="detail">What the page of the status says beside it.</param>
    /// <returns>Whether an answer was written, which is to be flushed.</returns>
    public static bool Write(HttpExchange exchange, Downstream downstream, Location location, int status, WallClock clock, ReadOnlySpan<byte> detail = default)
    {
        if (location.ErrorPages is { } pages && Find(exchange, location, pages, status) is { } page)
        {
            return Turn(exchange, downstream, location, page, clock);
        }

        WritePage(exchange, downstream, location, status, clock, detail);
        return true;
    }

    /// <summary>Whether a response of an upstream server gives way to an error page: as in nginx also to the page of the status, when one that failed is no error page's own.</summary>
    public static bool Intercepts(HttpExchange exchange, Location location, int status) =>
        status >= 300 && location is { InterceptsErrors: true, ErrorPages: { } pages } && !exchange.Request.IsExtendedConnect && pages.Find(status) is not null;

    private static ErrorPage? Find(HttpExchange exchange, Location location, ErrorPages pages, int status)
    {
        // A 2xx of our own would read as the agreement to a tunnel, and to a gRPC client every page is a failure of its own.
        var uri = exchange.Uri;
        if (uri.IsErrorPage || uri.Changes > UriState.MaxChanges || exchange.Request.IsExtendedConnect || GrpcResponse.IsExpected(exchange, location))
        {
            return null;
        }

        uri.IsErrorPage = !pages.IsRecursive;
        return pages.Find(status);
    }

    private static bool Turn(HttpExchange exchange, Downstream downstream, Location location, ErrorPage page, WallClock clock)
    {
        var text = WorkerPool<HeadWriter>.Rent();
        page.Target.Write(exchange, text);
        text.NeutralizeFrom(0);
        var target = text.Written;
        var isAnswer = true;
        switch (target)
        {
            case [(byte)'/', ..]:
                RedirectToPath(exchange, page, target);
                isAnswer = false;
                break;
            case [(byte)'@', ..]:
                isAnswer = !TryRedirectToName(exchange, location, page, Encoding.UTF8.GetString(target));
                if (isAnswer)
                {
                    WritePage(exchange, downstream, location, page.Status, clock, default);
                }

                break;
            default:
                exchange.Uri.KeptStatus = 0;
                LocalResponse.WriteRedirect(exchange, downstream, page.Response is 301 or 303 or 307 or 308 ? page.Response.Value : 302, target, location, clock);
                break;
        }

        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
        return isAnswer;
    }

    private static void WritePage(HttpExchange exchange, Downstream downstream, Location location, int status, WallClock clock, ReadOnlySpan<byte> detail)
    {
        exchange.Uri.KeptStatus = 0;
        LocalResponse.WriteError(exchange, downstream, status, location, clock, detail);
    }

    /// <summary>A named location gets the request as it is, which one that passes it on can do only while its body is still here.</summary>
    private static bool TryRedirectToName(HttpExchange exchange, Location location, ErrorPage page, string name)
    {
        if (exchange.Uri.IsBodyLost && exchange.Request.HasBody && location.Routes.Find(name) is { Proxy: not null })
        {
            return false;
        }

        exchange.Uri.KeptStatus = page.Response ?? page.Status;
        exchange.Uri.Redirect(name, exchange.AttemptCount);
        return true;
    }

    private static void RedirectToPath(HttpExchange exchange, ErrorPage page, ReadOnlySpan<byte> target)
    {
        exchange.Uri.KeptStatus = page.Response ?? page.Status;
        var question = target.IndexOf((byte)'?');
        exchange.ChangeUri(question < 0 ? target : target[..question], question < 0 ? default : target[(question + 1)..]);
        exchange.Uri.Redirect(null, exchange.AttemptCount);
        exchange.Request.BecomeGet();
    }
}
