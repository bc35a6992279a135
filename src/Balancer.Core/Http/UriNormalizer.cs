namespace Balancer.Http;

/// <summary>
/// Makes nginx's <c>$uri</c> of a path as received: percent-decoded once, <c>.</c> and <c>..</c> resolved, slashes merged
/// (<c>merge_slashes on</c>). An encoded slash or dot counts as one, as in nginx.
/// </summary>
internal static class UriNormalizer
{
    private enum State
    {
        Usual,
        Slash,
        Dot,
        DotDot,
    }

    /// <summary>Whether <see cref="Normalize"/> is sure to give the path as it is; so it is with nearly all.</summary>
    public static bool IsNormal(ReadOnlySpan<byte> path) =>
        !path.Contains((byte)'%') && path.IndexOf("/."u8) < 0 && path.IndexOf("//"u8) < 0;

    /// <summary>Writes the normal form of a path.</summary>
    /// <param name="path">A path that starts with a slash, without query.</param>
    /// <param name="destination">At least as long as the path; may not overlap it.</param>
    /// <returns>The length written, at least 1; or -1 when the path is refused (400): a broken percent-encoding, an encoded NUL, or <c>..</c> above the root.</returns>
    public static int Normalize(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        var length = 0;
        var state = State.Usual;
        for (var i = 0; i < path.Length; i++)
        {
            var value = path[i];
            var literal = false;
            if (value == '%')
            {
                if (!TryDecode(path, i, out value))
                {
                    return -1;
                }

                i += 2;
                literal = value is (byte)'%' or (byte)'#' or (byte)'?';
            }

            state = literal ? State.Usual : Next(state, value);
            if (state != State.Slash)
            {
                destination[length++] = value;
            }
            else if (!EndSegment(destination, ref length))
            {
                return -1;
            }
        }

        return EndPath(state, destination, length);
    }

    private static State Next(State state, byte value) => (state, value) switch
    {
        (_, (byte)'/') => State.Slash,
        (State.Slash, (byte)'.') => State.Dot,
        (State.Dot, (byte)'.') => State.DotDot,
        _ => State.Usual,
    };

    // A slash has come: what stands behind the last one written is a whole segment.
    private static bool EndSegment(Span<byte> path, ref int length)
    {
        var written = path[..length];
        if (written.EndsWith("/.."u8))
        {
            var parent = written[..^3].LastIndexOf((byte)'/');
            length = parent + 1;
            return parent >= 0;
        }

        if (written.EndsWith("/."u8))
        {
            length--;
        }
        else if (!written.EndsWith("/"u8))
        {
            path[length++] = (byte)'/';
        }

        return true;
    }

    private static int EndPath(State state, Span<byte> path, int length) => state switch
    {
        State.Dot or State.DotDot => EndSegment(path, ref length) ? length : -1,
        _ => length,
    };

    private static bool TryDecode(ReadOnlySpan<byte> path, int index, out byte value)
    {
        value = 0;
        if (index + 2 >= path.Length || !char.IsAsciiHexDigit((char)path[index + 1]) || !char.IsAsciiHexDigit((char)path[index + 2]))
        {
            return false;
        }

        value = (byte)((HexValue(path[index + 1]) << 4) | HexValue(path[index + 2]));
        return value != 0;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
