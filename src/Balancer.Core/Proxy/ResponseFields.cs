using System.Text;
using Balancer.Http;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Passes the fields of a server's response on.</summary>
internal static class ResponseFields
{
    /// <summary>Copies all that are the client's: not those that end here, nor the framing, nor those hidden.</summary>
    /// <returns>Whether a Date was among them.</returns>
    public static bool Copy(HttpExchange exchange, Downstream downstream, FieldNameSet hidden)
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
            downstream.AddField(response.Name(field), response.Value(field));
        }

        return hasDate;
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
