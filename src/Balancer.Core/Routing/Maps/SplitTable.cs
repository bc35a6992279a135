using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Routing.Maps;

/// <summary>A <c>[split_clients.NAME]</c> as requests read it (nginx ngx_http_split_clients_module). Immutable; allocates nothing.</summary>
/// <param name="source">The text that is hashed.</param>
/// <param name="parts">The values, each with the hash below which it is given, in rising order.</param>
/// <param name="rest">The value of all others.</param>
internal sealed class SplitTable(TextTemplate source, (uint End, byte[] Value)[] parts, byte[] rest)
{
    /// <summary>Appends the value (<see cref="VariableReader"/>).</summary>
    public bool Read(HttpExchange exchange, ByteBuffer output)
    {
        var start = output.Length;
        source.Write(exchange, output);
        var hash = Murmur2.Hash(output.Written[start..]);
        output.Truncate(start);
        foreach (var (end, value) in parts)
        {
            if (hash < end)
            {
                output.Append(value);
                return true;
            }
        }

        output.Append(rest);
        return true;
    }
}
