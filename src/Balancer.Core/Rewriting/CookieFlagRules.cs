using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary><c>proxy_cookie_flags</c>, compiled: the first rule that fits is used.</summary>
/// <param name="rules">The rules in their order.</param>
internal sealed class CookieFlagRules(CookieFlagRule[] rules)
{
    [ThreadStatic]
    private static ByteBuffer? t_text;

    /// <summary>Finds what is done with the flags of a cookie.</summary>
    /// <returns>None when no rule fits its name, or the one that does comes out as nothing.</returns>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">An expression took too long.</exception>
    public CookieFlags Find(HttpExchange exchange, ReadOnlySpan<byte> name)
    {
        foreach (var rule in rules)
        {
            string[]? captures = null;
            if (rule.Pattern is { } pattern ? pattern.IsMatch(name, out captures) : Ascii.EqualsIgnoreCase(name, Evaluate(exchange, rule.Name)))
            {
                return rule.Flags | (rule.More.Length == 0 ? CookieFlags.None : EvaluateMore(exchange, rule, captures));
            }
        }

        return CookieFlags.None;
    }

    /// <summary>What a word stands for; None for anything else.</summary>
    public static CookieFlags Parse(ReadOnlySpan<byte> word) => word.Length switch
    {
        6 when Ascii.EqualsIgnoreCase(word, "secure"u8) => CookieFlags.Secure,
        8 when Ascii.EqualsIgnoreCase(word, "nosecure"u8) => CookieFlags.NoSecure,
        8 when Ascii.EqualsIgnoreCase(word, "httponly"u8) => CookieFlags.HttpOnly,
        10 when Ascii.EqualsIgnoreCase(word, "nohttponly"u8) => CookieFlags.NoHttpOnly,
        10 when Ascii.EqualsIgnoreCase(word, "nosamesite"u8) => CookieFlags.NoSameSite,
        12 when Ascii.EqualsIgnoreCase(word, "samesite=lax"u8) => CookieFlags.SameSiteLax,
        13 when Ascii.EqualsIgnoreCase(word, "samesite=none"u8) => CookieFlags.SameSiteNone,
        15 when Ascii.EqualsIgnoreCase(word, "samesite=strict"u8) => CookieFlags.SameSiteStrict,
        _ => CookieFlags.None,
    };

    private static CookieFlags EvaluateMore(HttpExchange exchange, CookieFlagRule rule, string[]? captures)
    {
        var (before, names) = (exchange.Captures, exchange.CaptureNames);
        if (rule.Pattern is { } pattern)
        {
            exchange.Captures = captures ?? [];
            exchange.CaptureNames = pattern.CaptureNames;
        }

        var flags = CookieFlags.None;
        foreach (var text in rule.More)
        {
            flags |= Parse(Evaluate(exchange, text));
        }

        exchange.Captures = before;
        exchange.CaptureNames = names;
        return flags;
    }

    private static ReadOnlySpan<byte> Evaluate(HttpExchange exchange, Http.Variables.TextTemplate text)
    {
        var buffer = t_text ??= new ByteBuffer();
        buffer.Clear();
        text.Write(exchange, buffer);
        return buffer.Written;
    }
}
