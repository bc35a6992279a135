using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Routing.Maps;

/// <summary>A <c>[geo.NAME]</c> as requests read it (nginx ngx_http_geo_module). Immutable; one binary search, nothing allocated.</summary>
/// <param name="address">The text the address is read from; null for the client's.</param>
/// <param name="index">Numbers of values by address.</param>
/// <param name="values">The values.</param>
/// <param name="fallback">The value when nothing holds the address.</param>
internal sealed class GeoTable(TextTemplate? address, IpRangeIndex index, byte[][] values, byte[] fallback)
{
    private static readonly byte[] s_none = [255, 255, 255, 255];

    /// <summary>Appends the value (<see cref="VariableReader"/>).</summary>
    public bool Read(HttpExchange exchange, ByteBuffer output)
    {
        Span<byte> buffer = stackalloc byte[16];
        var found = index.Find(AddressOf(exchange, output, buffer));
        output.Append(found < 0 ? fallback : values[found]);
        return true;
    }

    private ReadOnlySpan<byte> AddressOf(HttpExchange exchange, ByteBuffer output, Span<byte> buffer)
    {
        if (address is null)
        {
            return exchange.Client.Address is null ? s_none : exchange.Client.Binary;
        }

        var start = output.Length;
        address.Write(exchange, output);
        var isAddress = IpText.TryParse(output.Written[start..], buffer, out var length);
        output.Truncate(start);
        return isAddress ? buffer[..length] : s_none;
    }
}
