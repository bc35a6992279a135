using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Patterns;

namespace Balancer.Rewriting.Cors;

/// <summary>The origins of <c>allow_origin</c>, compiled. Asking allocates nothing.</summary>
internal sealed class OriginRules
{
    /// <summary>Longer ones are nobody's: a host has at most 253 characters.</summary>
    private const int LongestOrigin = 300;

    private readonly byte[][] _exact;
    private readonly (byte[] Scheme, byte[] Tail)[] _below;
    private readonly BytePattern[] _patterns;
    private readonly bool _allowsNull;

    /// <summary>Compiles entries that have been checked.</summary>
    public OriginRules(IEnumerable<ConfigText> entries)
    {
        var exact = new List<byte[]>();
        var below = new List<(byte[], byte[])>();
        var patterns = new List<BytePattern>();
        foreach (var text in entries.Select(static entry => entry.Value))
        {
            if (text == "*")
            {
                AllowsAll = true;
            }
            else if (text == "null")
            {
                _allowsNull = true;
            }
            else if (text.StartsWith('~'))
            {
                BytePattern.TryCompile(OriginSyntax.Whole(text[1..]), ignoreCase: true, out var pattern, out _);
                patterns.Add(pattern!);
            }
            else if (text.IndexOf("://*.", StringComparison.Ordinal) is var star and > 0)
            {
                OriginSyntax.TryNormalize(text.Remove(star + 3, 2), out var origin);
                below.Add((Encoding.ASCII.GetBytes(origin[..(star + 3)]), Encoding.ASCII.GetBytes("." + origin[(star + 3)..])));
            }
            else
            {
                OriginSyntax.TryNormalize(text, out var origin);
                exact.Add(Encoding.ASCII.GetBytes(origin));
            }
        }

        _exact = [.. exact];
        _below = [.. below];
        _patterns = [.. patterns];
    }

    /// <summary>Whether every origin may.</summary>
    public bool AllowsAll { get; }

    /// <summary>Whether an origin may, as a browser has sent it.</summary>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">An expression took too long.</exception>
    public bool Allows(ReadOnlySpan<byte> received)
    {
        if (AllowsAll)
        {
            return true;
        }

        if (received.SequenceEqual("null"u8))
        {
            return _allowsNull;
        }

        if (received.Length > LongestOrigin)
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[LongestOrigin];
        Ascii.ToLower(received, lower, out var length);
        var origin = WithoutDefaultPort(lower[..length]);
        return AllowsByName(origin) || AllowsByPattern(origin);
    }

    private static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> origin) =>
        (origin.StartsWith("https://"u8) && origin.EndsWith(":443"u8)) ? origin[..^4]
        : (origin.StartsWith("http://"u8) && origin.EndsWith(":80"u8)) ? origin[..^3]
        : origin;

    private bool AllowsByName(ReadOnlySpan<byte> origin)
    {
        foreach (var exact in _exact)
        {
            if (origin.SequenceEqual(exact))
            {
                return true;
            }
        }

        foreach (var (scheme, tail) in _below)
        {
            // What stands for the star is labels of a name: no other authority hides in it.
            if (origin.Length > scheme.Length + tail.Length
                && origin.StartsWith(scheme)
                && origin.EndsWith(tail)
                && IsLabels(origin[scheme.Length..^tail.Length]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLabels(ReadOnlySpan<byte> text)
    {
        foreach (var value in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'-' or (byte)'_' or (byte)'.'))
            {
                return false;
            }
        }

        return text[0] != '.' && text[^1] != '.' && text.IndexOf(".."u8) < 0;
    }

    private bool AllowsByPattern(ReadOnlySpan<byte> origin)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(origin))
            {
                return true;
            }
        }

        return false;
    }
}
