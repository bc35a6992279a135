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
                case HttpProtocolException { ErrorCode: (long)Http2ErrorCode.ProtocolError or (long)Http2ErrorCode.EnhanceYourCalm } when IsReset(e):
                    return ProxyError.UpstreamRejected;
                case HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null }:
                    // All else that goes wrong has a kind or a cause; this is the one refusal of the client's own, before anything is sent.
                    return ProxyError.ClientFieldsTooLarge;
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }:
                case var _ when IsOfHpack(e):
                    return ProxyError.UpstreamMalformed;
            }
        }

        return ProxyError.UpstreamReset;
    }

    /// <summary>The code by which the server reset the stream; null when it did not.</summary>
    public static Http2ErrorCode? ResetCodeOf(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol && IsReset(e))
            {
                return (Http2ErrorCode)protocol.ErrorCode;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether it is the end of one stream by the server. That of a connection has the same type and codes, and may be what the client makes of
    /// frames that are wrong; the text alone tells them apart.
    /// </summary>
    private static bool IsReset(Exception exception) => exception.Message.Contains("reset the stream", StringComparison.Ordinal);

    /// <summary>Whether a head could not be decoded, or is too large; the type is not public.</summary>
    private static bool IsOfHpack(Exception exception) => exception.GetType().Name is "HPackDecodingException" or "HuffmanDecodingException";
}
