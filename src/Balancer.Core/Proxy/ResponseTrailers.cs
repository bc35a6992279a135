using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>The trailers of <c>add_trailer</c>, whoever answers.</summary>
internal static class ResponseTrailers
{
    /// <summary>How the client is told where the body ends: as in nginx chunks by HTTP/1.1, which alone leave room for trailers, when there may be some.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="location">The location that answers; null for none.</param>
    /// <param name="status">The status of the response.</param>
    /// <param name="framing">The framing without trailers.</param>
    public static BodyFraming Framing(HttpExchange exchange, Location? location, int status, BodyFraming framing) =>
        location?.AddedTrailers is not null && exchange.Request.Version == 11 && AreExpected(exchange, location, status) ? BodyFraming.Chunked : framing;

    /// <summary>Whether a response that has begun may have some.</summary>
    public static bool AreExpected(HttpExchange exchange, Location? location) => location?.AddedTrailers is not null && AreExpected(exchange, location, exchange.Status);

    /// <summary>Writes them behind the body of a response that has no others.</summary>
    public static void EndBody(HttpExchange exchange, Downstream downstream, Location? location)
    {
        if (!AreExpected(exchange, location))
        {
            downstream.EndBody(exchange, default);
            return;
        }

        var lines = WorkerPool<HeadWriter>.Rent();
        Write(exchange, location!, lines);
        downstream.EndBody(exchange, lines.Written);
        lines.Reset();
        WorkerPool<HeadWriter>.Return(lines);
    }

    /// <summary>Appends them as canonical field lines.</summary>
    public static void Write(HttpExchange exchange, Location location, HeadWriter lines)
    {
        foreach (var trailer in location.AddedTrailers!)
        {
            if (IsFor(trailer, exchange.Status))
            {
                trailer.Value.WriteField(exchange, trailer.Name, lines);
            }
        }
    }

    private static bool AreExpected(HttpExchange exchange, Location location, int status)
    {
        if (status is < 200 or 204 or 304 || exchange.Request.KnownMethod == KnownMethod.Head)
        {
            return false;
        }

        foreach (var trailer in location.AddedTrailers!)
        {
            if (IsFor(trailer, status))
            {
                return !HasGrpcStatus(exchange.Response);
            }
        }

        return false;
    }

    private static bool IsFor(AddedTrailer trailer, int status) => trailer.Always || status is 200 or 201 or 206 or (>= 301 and <= 304) or 307 or 308;

    /// <summary>Whether the head says what trailers would, as gRPC's "Trailers-Only" does: those after it would be taken for the end of the call.</summary>
    private static bool HasGrpcStatus(ResponseHead response)
    {
        foreach (ref var field in response.Headers.Fields)
        {
            if (field.NameLength == 11 && Ascii.EqualsIgnoreCase(response.Name(field), "grpc-status"u8))
            {
                return true;
            }
        }

        return false;
    }
}
