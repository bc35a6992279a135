using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary><c>set</c>, <c>rewrite</c> and <c>break</c> of a server or location, compiled.</summary>
/// <param name="variables">What is set, by its place in the exchange.</param>
/// <param name="rules">The rules in their order.</param>
/// <param name="stays">Whether the request stays in its location whatever the rules did (<c>break</c>).</param>
internal sealed class RewriteScript((int Slot, TextTemplate Value)[] variables, RewriteRule[] rules, bool stays)
{
    [ThreadStatic]
    private static ByteBuffer? t_path;

    [ThreadStatic]
    private static ByteBuffer? t_query;

    /// <summary>Runs it.</summary>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">An expression took too long.</exception>
    public RewriteResult Run(HttpExchange exchange)
    {
        var path = t_path ??= new ByteBuffer();
        foreach (var (slot, value) in variables)
        {
            path.Clear();
            value.Write(exchange, path);
            exchange.SetVariables.Set(slot, path.Written);
        }

        var isMoved = false;
        foreach (var rule in rules)
        {
            if (!rule.Pattern.IsMatch(exchange.NormalizedPath, out var captures))
            {
                continue;
            }

            exchange.Capture(captures ?? [], rule.Pattern.CaptureNames);
            path.Clear();
            if (rule.Status != 0)
            {
                rule.Path.Write(exchange, path, escapes: true);
                return new RewriteResult(true, false, rule.Status, Redirect(exchange, rule, path));
            }

            Change(exchange, rule, path);
            if (rule.Flag == RewriteFlag.Break)
            {
                exchange.Uri.IsBesideLocation = true;
                return new RewriteResult(true, false);
            }

            isMoved = true;
            if (rule.Flag == RewriteFlag.Last)
            {
                return new RewriteResult(true, true);
            }
        }

        if (stays)
        {
            exchange.Uri.IsBesideLocation = true;
            return new RewriteResult(true, false);
        }

        return new RewriteResult(false, isMoved);
    }

    private static void Change(HttpExchange exchange, RewriteRule rule, ByteBuffer path)
    {
        rule.Path.Write(exchange, path, escapes: false);
        if (path.Written is not [(byte)'/', ..])
        {
            // Only variables can have left it out; a path without it is none.
            var rest = path.Written.ToArray();
            path.Clear();
            path.Append((byte)'/');
            path.Append(rest);
        }

        var query = t_query ??= new ByteBuffer();
        query.Clear();
        if (rule.Query is { } text)
        {
            text.Write(exchange, query, escapes: true);
            if (rule.KeepsQuery && !exchange.Query.IsEmpty)
            {
                query.Append((byte)'&');
                query.Append(exchange.Query);
            }
        }
        else if (rule.KeepsQuery)
        {
            query.Append(exchange.Query);
        }

        exchange.ChangeUri(path.Written, query.Written);
        exchange.Uri.IsInternal = true;
    }

    private static byte[] Redirect(HttpExchange exchange, RewriteRule rule, ByteBuffer url)
    {
        var hasQuery = rule.Query is not null;
        if (rule.Query is { } text)
        {
            url.Append((byte)'?');
            text.Write(exchange, url, escapes: true);
        }

        RedirectText.Unescape(url);
        if (rule.KeepsQuery && !exchange.Query.IsEmpty)
        {
            url.Append(hasQuery ? (byte)'&' : (byte)'?');
            url.Append(exchange.Query);
        }

        return RedirectText.ToLine(url.Written);
    }
}
