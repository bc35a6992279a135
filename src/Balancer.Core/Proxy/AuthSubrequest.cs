using System.Runtime.CompilerServices;
using Balancer.Access;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>
/// Asks another location whether a request may be served (<c>auth_request</c>): it gets the request's head as a GET without body, and of
/// its answer only the status counts, the challenge of a 401, and what <c>auth_request_set</c> takes from it. As in nginx the location's
/// own access checks are not asked, and nothing is logged but what goes wrong.
/// </summary>
internal sealed class AuthSubrequest(GatewayServices services, Forwarder forwarder, FileResponder files)
{
    private static ReadOnlySpan<byte> Challenge => "WWW-Authenticate"u8;

    /// <summary>Asks.</summary>
    /// <returns>0 for yes, 401 and 403 for no, 500 for anything else.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<int> AskAsync(HttpExchange exchange, Downstream downstream, Location location, AuthRequest request, bool isTrusted)
    {
        var inner = WorkerPool<HttpExchange>.Rent();
        try
        {
            inner.BeginSubrequest(exchange, request.Path);
            var status = await SendAsync(inner, downstream, location, isTrusted);
            exchange.Error = inner.Error != ProxyError.None ? inner.Error : exchange.Error;
            TakeValues(exchange, inner, request);
            if (status == 401)
            {
                TakeChallenges(exchange, inner);
            }

            return status is >= 200 and < 300 ? 0 : status is 401 or 403 ? status : 500;
        }
        finally
        {
            inner.Reset();
            inner.Connection = null!;
            inner.Client = null!;
            WorkerPool<HttpExchange>.Return(inner);
        }
    }

    private async ValueTask<int> SendAsync(HttpExchange inner, Downstream downstream, Location location, bool isTrusted)
    {
        var route = RequestRouter.FindAgain(inner, location, services.Log);
        if (route.Status != 0)
        {
            return route.Status;
        }

        var target = route.Location;
        if (target.Return is { } answer && !route.SkipsReturn)
        {
            return answer.Status;
        }

        var discard = new DiscardingDownstream(downstream);
        if (target.Files is { } folder)
        {
            await files.ServeAsync(inner, discard, target, folder);
            return discard.Status;
        }

        if (target.Proxy is not { } action)
        {
            return 404;
        }

        var error = await forwarder.ForwardAsync(inner, discard, target, action, isTrusted);
        if (error != ProxyError.None)
        {
            inner.Error = error;
            return ProxyErrors.Status(error);
        }

        return inner.Uri.InterceptedStatus != 0 ? inner.Uri.InterceptedStatus : discard.Status;
    }

    private static void TakeValues(HttpExchange exchange, HttpExchange inner, AuthRequest request)
    {
        foreach (var (slot, value) in request.Values)
        {
            var text = WorkerPool<HeadWriter>.Rent();
            value.Write(inner, text);
            exchange.SetVariables.Set(slot, text.Written);
            text.Reset();
            WorkerPool<HeadWriter>.Return(text);
        }
    }

    private static void TakeChallenges(HttpExchange exchange, HttpExchange inner)
    {
        if (exchange.PhaseFields.Contains(Challenge))
        {
            return;
        }

        var response = inner.Response;
        foreach (ref var field in response.Headers.Fields)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(response.Name(field), Challenge))
            {
                exchange.PhaseFields.Add(Challenge, response.Value(field));
            }
        }
    }
}
