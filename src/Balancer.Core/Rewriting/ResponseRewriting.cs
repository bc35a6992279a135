using System.Text;
using Balancer.Http;

namespace Balancer.Rewriting;

/// <summary>What is changed in the fields of a server's response that speak of the server.</summary>
/// <param name="Redirects"><c>proxy_redirect</c>; null without.</param>
/// <param name="CookieDomains"><c>proxy_cookie_domain</c>; null without.</param>
/// <param name="CookiePaths"><c>proxy_cookie_path</c>; null without.</param>
internal sealed record ResponseRewriting(TextRules? Redirects, TextRules? CookieDomains, TextRules? CookiePaths)
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

    /// <summary>Appends a Set-Cookie as it is changed; false, and nothing appended, when it is not.</summary>
    public bool TryRewriteCookie(HttpExchange exchange, ReadOnlySpan<byte> value, HeadWriter output)
    {
        var start = output.Length;
        var isChanged = false;
        var isFirst = true;
        foreach (var range in value.Split((byte)';'))
        {
            var attribute = value[range].Trim((byte)' ');
            if (!isFirst)
            {
                output.Write("; "u8);
            }

            if (isFirst || !TryRewriteAttribute(exchange, attribute, output))
            {
                output.Write(attribute);
            }
            else
            {
                isChanged = true;
            }

            isFirst = false;
        }

        if (!isChanged)
        {
            output.Truncate(start);
        }

        return isChanged;
    }

    private bool TryRewriteAttribute(HttpExchange exchange, ReadOnlySpan<byte> attribute, HeadWriter output)
    {
        var equals = attribute.IndexOf((byte)'=');
        if (equals < 0)
        {
            return false;
        }

        var name = attribute[..equals].TrimEnd((byte)' ');
        var rules = Ascii.EqualsIgnoreCase(name, "domain"u8) ? CookieDomains : Ascii.EqualsIgnoreCase(name, "path"u8) ? CookiePaths : null;
        if (rules is null)
        {
            return false;
        }

        var start = output.Length;
        output.Write(name);
        output.Write("="u8);
        if (rules.TryRewrite(exchange, attribute[(equals + 1)..].TrimStart((byte)' '), output))
        {
            return true;
        }

        output.Truncate(start);
        return false;
    }
}
