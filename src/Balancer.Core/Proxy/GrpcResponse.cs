using System.Buffers.Text;
using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>
/// The answers the gateway gives itself to gRPC clients: 200, and a <c>grpc-status</c> in the head, which ends the stream (gRPC over HTTP/2,
/// "Trailers-Only"). A page for humans would be an UNKNOWN error to them.
/// </summary>
internal static class GrpcResponse
{
    private static readonly byte[] s_contentType = "application/grpc"u8.ToArray();

    /// <summary>Whether a request expects such an answer: a gRPC call on a location of <c>grpc_pass</c>.</summary>
    public static bool IsExpected(HttpExchange exchange, Location location)
    {
        if (location.Proxy is not { IsGrpc: true })
        {
            return false;
        }

        foreach (ref var field in exchange.Request.Headers.Fields)
        {
            if (field.NameLength == 12 && Ascii.EqualsIgnoreCase(exchange.Request.Name(field), "content-type"u8))
            {
                var value = exchange.Request.Value(field);
                return value.Length >= s_contentType.Length && Ascii.EqualsIgnoreCase(value[..s_contentType.Length], s_contentType);
            }
        }

        return false;
    }

    /// <summary>Writes the answer that stands for a status of HTTP.</summary>
    public static void Write(HttpExchange exchange, Downstream downstream, int status, Location? location, WallClock clock)
    {
        exchange.LocalContentType = s_contentType;
        downstream.BeginResponse(exchange, 200, ReasonPhrases.Of(200), BodyFraming.ContentLength, 0);
        downstream.AddField("Server"u8, "balancer"u8);
        downstream.AddField("Date"u8, clock.HttpDate);
        downstream.AddField("Content-Type"u8, s_contentType);
        Span<byte> digits = stackalloc byte[4];
        Utf8Formatter.TryFormat(StatusOf(status), digits, out var length);
        downstream.AddField("grpc-status"u8, digits[..length]);
        downstream.AddField("grpc-message"u8, ReasonPhrases.Of(status));
        LocalResponse.AddFields(exchange, downstream, location);
        downstream.EndHead(exchange);
        downstream.EndBody(exchange, default);
    }

    /// <summary>The trailers that end a call whose server has failed within its response: UNAVAILABLE.</summary>
    public static ReadOnlySpan<byte> BrokenOff => "grpc-status: 14\r\ngrpc-message: the response of the server broke off\r\n"u8;

    /// <summary>
    /// The code of gRPC for a status of HTTP, by gRPC's own mapping ("HTTP to gRPC Status Code Mapping"), with one more: a message that is too
    /// large is RESOURCE_EXHAUSTED.
    /// </summary>
    public static int StatusOf(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        413 => 8,
        429 or 502 or 503 or 504 => 14,
        _ => 2,
    };
}
