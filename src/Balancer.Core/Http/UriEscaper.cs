using System.Buffers;

namespace Balancer.Http;

/// <summary>
/// Encodes a normalized path again for a request target, as nginx does when <c>proxy_pass</c> replaces part of it: control characters, space,
/// <c>" # % &lt; &gt; ? \ ^ ` { | }</c> and bytes from 0x7F become <c>%XX</c>.
/// </summary>
internal static class UriEscaper
{
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create(
        Enumerable.Range(0, 256).Where(b => b <= ' ' || b >= 0x7F || "\"#%<>?\\^`{|}".Contains((char)b)).Select(b => (byte)b).ToArray());

    /// <summary>Most bytes <see cref="Escape"/> writes for a path of this length.</summary>
    public static int MaxLength(int length) => length * 3;

    /// <summary>Writes the path encoded; returns the length written.</summary>
    /// <param name="path">A decoded path.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public static int Escape(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        var length = 0;
        while (true)
        {
            var plain = path.IndexOfAny(s_escaped);
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
