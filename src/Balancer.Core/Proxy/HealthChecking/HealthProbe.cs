using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Proxy.Http2Upstream;
using Balancer.Routing;
using Balancer.Upstreams;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy.HealthChecking;

/// <summary>
/// Asks one server whether it is well: the framework's client, on a connection of its own that is dialled and secured as those of requests are.
/// </summary>
internal sealed class HealthProbe : IDisposable
{
    /// <summary>How much of a body <c>match</c> looks at, as in nginx.</summary>
    private const int LongestBody = 256 * 1024;

    private static readonly HttpRequestOptionsKey<(HealthCheck Check, UpstreamServer Server)> s_target = new("balancer.check");

    private readonly GatewayServices _services;
    private readonly HttpMessageInvoker _invoker;

    public HealthProbe(GatewayServices services)
    {
        _services = services;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = TimeSpan.Zero,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Asks a server.</summary>
    /// <returns>Null when it is well, else what is wrong.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was.</exception>
    public async Task<string?> AskAsync(HealthCheck check, UpstreamServer server, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(check.Timeout), _services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using var request = check.Config.IsGrpc ? GrpcHealth.NewRequest(Target(check), check.Config.GrpcService) : NewRequest(check);
            request.Headers.Host = HostOf(check.Action);
            request.Options.Set(s_target, (check, server));
            using var response = await _invoker.SendAsync(request, both.Token);
            return check.Config.IsGrpc ? await GrpcHealth.JudgeAsync(response, both.Token) : await JudgeAsync(check, response, both.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested ? $"no answer within {check.Timeout} ms" : Reason(e);
        }
        catch (RegexMatchTimeoutException)
        {
            return "the expression of its match ran for too long";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static string Reason(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is UpstreamConnectException connect)
            {
                return $"cannot connect: {ProxyErrorName.Text(connect.Error)}";
            }
        }

        return error.GetBaseException().Message;
    }

    private static Uri Target(HealthCheck check) => new($"http://balancer{(check.Config.IsGrpc ? "" : check.Config.Uri)}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static HttpRequestMessage NewRequest(HealthCheck check)
    {
        var action = check.Action;
        var request = new HttpRequestMessage(HttpMethod.Get, Target(check))
        {
            Version = action.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "balancer health check");
        foreach (var field in action.SetFields)
        {
            // Those with variables tell of a client's request, which this is none of.
            if (field.Value is { IsConstant: true, Constant.Length: > 0 })
            {
                var name = Encoding.ASCII.GetString(field.Name);
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, Encoding.UTF8.GetString(field.Value.Constant));
            }
        }

        if (!action.IsHttp2)
        {
            request.Headers.ConnectionClose = true;
        }

        return request;
    }

    private static string HostOf(ProxyAction action) =>
        Encoding.UTF8.GetString(action.HostField is { IsConstant: true, Constant.Length: > 0 } field ? field.Constant : action.Host);

    private static async Task<string?> JudgeAsync(HealthCheck check, HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        if (check.Match is not { } match)
        {
            return status is >= 200 and < 400 ? null : $"status {status}";
        }

        if (match.Status is { } wanted && !wanted.Fits(status))
        {
            return $"status {status}";
        }

        foreach (var condition in match.Fields)
        {
            if (!condition.Fits(ValueOf(response, condition.Name)))
            {
                return $"the field {condition.Name} does not match";
            }
        }

        return match.Body is null || match.Body.Fits(await ReadBodyAsync(response, cancel)) ? null : "the body does not match";
    }

    private static string? ValueOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestBody);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, LongestBody), LongestBody, throwOnEndOfStream: false, cancel);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        context.InitialRequestMessage.Options.TryGetValue(s_target, out var target);
        var (check, server) = target;
        var endPoint = check.Config.Port is { } port && server.EndPoint is IPEndPoint ip ? new IPEndPoint(ip.Address, port) : server.EndPoint;
        var guard = _services.Guards.Rent();
        try
        {
            await using (cancel.UnsafeRegister(static state => ((IoGuard)state!).Interrupt(), guard))
            {
                var result = await _services.Connector.ConnectAsync(endPoint, check.Action.ConnectTimeout, guard);
                if (result.Connection is not { } connection)
                {
                    throw new UpstreamConnectException(UpstreamDialer.ErrorOf(result.Error));
                }

                return check.Action.Tls is { } tls ? await SecureAsync(check, server, connection, tls, guard) : new Http2ConnectionStream(connection, null, null);
            }
        }
        finally
        {
            _services.Guards.Return(guard);
        }
    }

    private async Task<Stream> SecureAsync(HealthCheck check, UpstreamServer server, ConnectionContext connection, UpstreamTls tls, IoGuard guard)
    {
        // A name with variables is that of a client's request; for a check it is the one of the location.
        var name = tls.Name ?? HostOf(check.Action).Split(':')[0];
        var secured = await UpstreamDialer.SecureAsync(connection, tls.Context, name, server.Address, guard, _services.Clock, check.Action.ConnectTimeout, check.Action.IsHttp2);
        if (secured.Connection is null)
        {
            await UpstreamDialer.AbortAsync(connection);
            throw new IOException($"TLS: {secured.Reason}");
        }

        return new Http2ConnectionStream(secured.Connection, null, check.Action.IsHttp2 ? new Http2SchemeWriter() : null);
    }
}
