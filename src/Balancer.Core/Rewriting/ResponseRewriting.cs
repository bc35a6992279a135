using System.Text;
using Balancer.Http;

namespace Balancer.Rewriting;

/// <summary>What is changed in the fields of a server's response that speak of the server.</summary>
/// <param name="Redirects"><c>proxy_redirect</c>; null without.</param>
/// <param name="CookieDomains"><c>proxy_cookie_domain</c>; null without.</param>
/// <param name="CookiePaths"><c>proxy_cookie_path</c>; null without.</param>
/// <param name="CookieFlagRules"><c>proxy_cookie_flags</c>; null without.</param>
internal sealed record ResponseRewriting(TextRules? Redirects, TextRules? CookieDomains, TextRules? CookiePaths, CookieFlagRules? CookieFlagRules)
{
    /// <summary>Appends the URL of a Location as it is changed; false, and nothing appended, when it is not.</summary>
    public bool TryRewriteLocation(HttpExchange exchange, ReadOnlySpan<byte> value, HeadWriter output) =>
        Redirects is { } rules && rules.TryRewrite(exchange, value, output);

    /// <summary>Appends a Refresh (<c>5; url=…</c>) as it is changed; false, and nothing appended, when it is not.</summary>
    public bool TryRewriteRefresh(HttpExchange exchange, ReadOnlySpan<byte> value, HeadWriter output)
    {
        for (var i = 0; i + 4 <= value.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(i, 4), "url="u8))
            {
                var start = output.Length;
                output.Write(value[..(i + 4)]);
                if (Redirects is { } rules && rules.TryRewrite(exchange, value[(i + 4)..], output))
                {
                    return true;
                }

                output.Truncate(start);
                return false;
            }
        }

        return false;
    }

    /// <summary>Appends a Set-Cookie as it is changed; false, and nothing appended, when it is not. As in nginx one without <c>=</c> is not looked at.</summary>
    public bool TryRewriteCookie(HttpExchange exchange, ReadOnlySpan<byte> value, HeadWriter output)
    {
        var start = output.Length;
        var isChanged = false;
        var isFirst = true;
        var writer = new CookieWriter(output, CookieFlags.None);
        foreach (var range in value.Split((byte)';'))
        {
            var hasValue = CookieWriter.Split(value[range], out var name, out var text);
            if (!isFirst)
            {
                if (TryRewriteAttribute(exchange, name, text, hasValue, output))
                {
                    isChanged = true;
                }
                else
                {
                    writer.WriteAttribute(name, text, hasValue);
                }

                continue;
            }

            if (!hasValue)
            {
                return false;
            }

            if (CookieFlagRules is { } rules && rules.Find(exchange, name) is not CookieFlags.None and var flags)
            {
                writer = new CookieWriter(output, flags);
                isChanged = true;
            }

            CookieWriter.Write(output, name, text, hasValue);
            isFirst = false;
        }

        if (!isChanged)
        {
            output.Truncate(start);
            return false;
        }

        writer.End();
        return true;
    }

    private bool TryRewriteAttribute(HttpExchange exchange, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue, HeadWriter output)
    {
        var rules = Ascii.EqualsIgnoreCase(name, "domain"u8) ? CookieDomains : Ascii.EqualsIgnoreCase(name, "path"u8) ? CookiePaths : null;
        if (rules is null || !hasValue)
        {
            return false;
        }

        var start = output.Length;
        output.Write("; "u8);
        output.Write(name);
        output.Write("="u8);
        if (rules.TryRewrite(exchange, value, output))
        {
            return true;
        }

        output.Truncate(start);
        return false;
    }
}
