using Balancer.Http;
using Balancer.Http.Http2;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>What the failures of the framework's client mean.</summary>
internal static class Http2Failure
{
    /// <summary>The fault; <see cref="ForwardContext.IsUnprocessed"/> is set when the server says that it has done nothing with the request.</summary>
    public static ProxyError ErrorOf(Exception? exception, ForwardContext context)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case UpstreamConnectException connect:
                    return connect.Error;
                case HttpProtocolException { ErrorCode: (long)Http2ErrorCode.RefusedStream }:
                    context.IsUnprocessed = true;
                    return ProxyError.UpstreamReset;
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                    return ProxyError.UpstreamMalformed;
            }
        }

        return ProxyError.UpstreamReset;
    }
}
