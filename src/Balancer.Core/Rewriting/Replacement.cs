using System.Buffers;
using System.Text;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary>A text of a <c>rewrite</c>: a template of which numbered captures can be escaped, as nginx does in queries and redirects.</summary>
internal sealed class Replacement
{
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create(
        Enumerable.Range(0, 256).Where(static b => b <= ' ' || b >= 0x7F || "\"#%&+;<>?\\^`{|}".Contains((char)b)).Select(static b => (byte)b).ToArray());

    private readonly (TemplatePart Part, bool IsCapture)[] _parts;

    public Replacement(TextTemplate template)
    {
        var names = template.VariableNames.GetEnumerator();
        var parts = new List<(TemplatePart, bool)>();
        foreach (var part in template.Parts)
        {
            var isCapture = part.Reader is not null && names.MoveNext() && names.Current is [>= '1' and <= '9'];
            parts.Add((part, isCapture));
        }

        _parts = [.. parts];
    }

    /// <summary>Appends the text for a request.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="output">Takes it.</param>
    /// <param name="escapes">Whether captures of a path that was received encoded are encoded again, for what follows takes them for text of a URL.</param>
    public void Write(HttpExchange exchange, ByteBuffer output, bool escapes)
    {
        escapes = escapes && exchange.Request.Path.IndexOfAny((byte)'%', (byte)'+') >= 0;
        foreach (var (part, isCapture) in _parts)
        {
            if (part.Reader is null)
            {
                output.Append(part.Literal);
                continue;
            }

            var start = output.Length;
            part.Reader(exchange, output);
            if (isCapture && escapes)
            {
                Escape(output, start);
            }
        }
    }

    private static void Escape(ByteBuffer output, int start)
    {
        if (!output.Written[start..].ContainsAny(s_escaped))
        {
            return;
        }

        var plain = output.Written[start..].ToArray();
        output.Truncate(start);
        foreach (var value in plain)
        {
            if (!s_escaped.Contains(value))
            {
                output.Append(value);
                continue;
            }

            output.Append((byte)'%');
            output.Append("0123456789ABCDEF"u8[value >> 4]);
            output.Append("0123456789ABCDEF"u8[value & 15]);
        }
    }
}
