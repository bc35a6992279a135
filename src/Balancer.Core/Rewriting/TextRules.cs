using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary><c>proxy_redirect</c>, <c>proxy_cookie_domain</c> or <c>proxy_cookie_path</c>, compiled: the first rule that fits is used.</summary>
/// <param name="rules">The rules in their order.</param>
/// <param name="isDomain">Whether values are domains, compared as a whole, without regard to case and to a dot at the start; else a text fits the start of a value.</param>
internal sealed class TextRules(TextRule[] rules, bool isDomain)
{
    [ThreadStatic]
    private static ByteBuffer? t_from;

    /// <summary>Appends a value as a rule changes it.</summary>
    /// <returns>False, and nothing appended, when none fits.</returns>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">An expression took too long.</exception>
    public bool TryRewrite(HttpExchange exchange, ReadOnlySpan<byte> value, HeadWriter output)
    {
        foreach (var rule in rules)
        {
            if (rule.Pattern is { } pattern)
            {
                if (pattern.IsMatch(value, out var captures))
                {
                    WriteCaptured(exchange, rule, captures ?? [], output);
                    return true;
                }

                continue;
            }

            var from = t_from ??= new ByteBuffer();
            from.Clear();
            rule.From.Write(exchange, from);
            var rest = value;
            if (isDomain)
            {
                if (rest is [(byte)'.', ..])
                {
                    rest = rest[1..];
                }

                if (from.Length != rest.Length || !Ascii.EqualsIgnoreCase(from.Written, rest))
                {
                    continue;
                }
            }
            else if (!rest.StartsWith(from.Written))
            {
                continue;
            }

            output.Write(value[..(value.Length - rest.Length)]);
            var length = from.Length;
            rule.To.Write(exchange, output);
            output.Write(rest[length..]);
            return true;
        }

        return false;
    }

    private static void WriteCaptured(HttpExchange exchange, TextRule rule, string[] captures, HeadWriter output)
    {
        var (before, names) = (exchange.Captures, exchange.CaptureNames);
        exchange.Captures = captures;
        exchange.CaptureNames = rule.Pattern!.CaptureNames;
        rule.To.Write(exchange, output);
        exchange.Captures = before;
        exchange.CaptureNames = names;
    }
}
