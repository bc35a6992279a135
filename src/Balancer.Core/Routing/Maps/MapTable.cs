using System.Collections.Frozen;
using System.Text;
using Balancer.Http;
using Balancer.Http.Patterns;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Routing.Maps;

/// <summary>
/// A <c>[map.NAME]</c> as requests read it (nginx ngx_http_map_module): exact texts and wildcards of host names in any case, then regular
/// expressions in order, then the default. Immutable; allocates only for captures that a value may refer to.
/// </summary>
/// <param name="source">The text looked up.</param>
/// <param name="fallback">The value when nothing fits.</param>
/// <param name="texts">Values by text in lower case.</param>
/// <param name="hosts">Values by host names and wildcards; null without <c>hostnames</c>.</param>
/// <param name="patterns">Values by regular expression.</param>
internal sealed class MapTable(
    TextTemplate source, TextTemplate? fallback, Dictionary<byte[], TextTemplate> texts, VirtualServerTable<TextTemplate?>? hosts, (BytePattern Pattern, TextTemplate Value)[] patterns)
{
    private readonly FrozenDictionary<byte[], TextTemplate>.AlternateLookup<ReadOnlySpan<byte>> _texts =
        texts.ToFrozenDictionary(ByteStringComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Appends the value (<see cref="VariableReader"/>).</summary>
    public bool Read(HttpExchange exchange, ByteBuffer output)
    {
        // The text is composed where the value will stand.
        var start = output.Length;
        source.Write(exchange, output);
        string[]? captures = null;
        var value = FindText(output, start);
        if (value is null && output.Length > start)
        {
            foreach (var (pattern, candidate) in patterns)
            {
                var input = output.Written[start..];
                if (candidate.IsConstant ? pattern.IsMatch(input) : pattern.IsMatch(input, out captures))
                {
                    output.Truncate(start);
                    WriteCaptured(exchange, output, candidate, pattern, captures);
                    return true;
                }
            }
        }

        output.Truncate(start);
        (value ?? fallback)?.Write(exchange, output);
        return true;
    }

    private static void WriteCaptured(HttpExchange exchange, ByteBuffer output, TextTemplate value, BytePattern pattern, string[]? captures)
    {
        var (outer, outerNames) = (exchange.Captures, exchange.CaptureNames);
        (exchange.Captures, exchange.CaptureNames) = (captures, pattern.CaptureNames);
        value.Write(exchange, output);
        (exchange.Captures, exchange.CaptureNames) = (outer, outerNames);
    }

    private TextTemplate? FindText(ByteBuffer output, int start)
    {
        var length = output.Length - start;
        if (hosts is not null)
        {
            var host = output.Written[start..];
            if (host is [.., (byte)'.'])
            {
                output.Truncate(output.Length - 1);
                host = host[..^1];
            }

            return hosts.Find(host).Payload;
        }

        // Its copy in lower case stands behind it while it is looked up: expressions see it as it is.
        var lower = output.GetSpan(length);
        Ascii.ToLower(output.Written.Slice(start, length), lower, out _);
        return _texts.TryGetValue(lower[..length], out var value) ? value : null;
    }
}
