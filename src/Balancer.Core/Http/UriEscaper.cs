using System.Buffers;

namespace Balancer.Http;

/// <summary>Writes bytes that may not stand in a request target (RFC 9112 section 3.2, RFC 3986 section 2) as <c>%XX</c>.</summary>
internal static class UriEscaper
{
    private static readonly SearchValues<byte> s_notInTarget = Outside("\"#<>\\^`{|}");
    private static readonly SearchValues<byte> s_notInPath = Outside("\"#<>\\^`{|}%?");

    /// <summary>Most bytes written for a text of this length.</summary>
    public static int MaxLength(int length) => length * 3;

    /// <summary>
    /// Encodes a normalized path again, as nginx does when <c>proxy_pass</c> replaces part of it: control characters, space,
    /// <c>" # % &lt; &gt; ? \ ^ ` { | }</c> and bytes from 0x7F. Returns the length written.
    /// </summary>
    /// <param name="path">A decoded path.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public static int Escape(ReadOnlySpan<byte> path, Span<byte> destination) => Escape(path, destination, s_notInPath);

    /// <summary>
    /// Makes a text that variables were put into a valid target: bytes that no target may hold are encoded. <c>%</c> and <c>?</c> stay, for
    /// they may be meant. Returns the length written.
    /// </summary>
    /// <param name="target">Path and query.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public static int EscapeTarget(ReadOnlySpan<byte> target, Span<byte> destination) => Escape(target, destination, s_notInTarget);

    private static SearchValues<byte> Outside(string excluded) => SearchValues.Create(
        Enumerable.Range(0, 256).Where(b => b <= ' ' || b >= 0x7F || excluded.Contains((char)b)).Select(b => (byte)b).ToArray());

    private static int Escape(ReadOnlySpan<byte> path, Span<byte> destination, SearchValues<byte> escaped)
    {
        var length = 0;
        while (true)
        {
            var plain = path.IndexOfAny(escaped);
            if (plain < 0)
            {
                path.CopyTo(destination[length..]);
                return length + path.Length;
            }

            path[..plain].CopyTo(destination[length..]);
            length += plain;
            var value = path[plain];
            destination[length] = (byte)'%';
            destination[length + 1] = "0123456789ABCDEF"u8[value >> 4];
            destination[length + 2] = "0123456789ABCDEF"u8[value & 15];
            length += 3;
            path = path[(plain + 1)..];
        }
    }
}
