using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Balancer.Harness;

/// <summary>
/// Writes the nginx file that says the same as a gateway's TOML file, so that a real nginx can be asked what it does with it.
/// It knows the plain TOML that scenarios are written in (one key a line, arrays over several lines), because every key is the nginx directive of that name.
/// </summary>
internal static partial class NginxConf
{
    private static readonly string[] Repeated = ["allow", "deny", "auth_request_set", "limit_req", "limit_req_zone", "limit_conn", "limit_conn_zone", "server", "listen", "set_real_ip_from", "proxy_hide_header", "proxy_pass_header", "access_log", "error_page", "rewrite", "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "add_trailer"];
    private static readonly string[] Verbatim = ["return", "access_log", "listen", "server", "large_client_header_buffers", "hash", "random", "error_page", "expires", "rewrite", "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "add_trailer"];
    private static readonly string[] NotNginx = ["worker_shutdown_timeout", "pid", "error_log"];

    /// <summary>The http block for a TOML file.</summary>
    public static string FromToml(string toml)
    {
        var text = new StringBuilder();
        var open = 0;
        var table = "";
        var headers = new List<string>();
        var sawKeepalive = false;
        NginxVariable? variable = null;
        foreach (var line in Lines(toml))
        {
            var header = Header().Match(line);
            if (header.Success)
            {
                EndTable(text, table, headers, sawKeepalive);
                variable?.WriteTo(text);
                variable = NginxVariable.Of(header.Groups[1].Value);
                headers.Clear();
                sawKeepalive = false;
                table = header.Groups[1].Value;
                var depth = table switch { "server.location" => 1, "log_format" or "admin" => 0, _ => 0 };
                while (open > depth)
                {
                    text.AppendLine("}");
                    open--;
                }

                if (table == "server.location")
                {
                    // The block opens when its path is known.
                }
                else if (table == "server")
                {
                    text.AppendLine("server {");
                    open = 1;
                }
                else if (table.StartsWith("upstream.", StringComparison.Ordinal))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"upstream {table["upstream.".Length..]} {{");
                    open = 1;
                }

                continue;
            }

            var (key, value) = Split(line);
            if (variable is not null)
            {
                variable.Add(key, value.StartsWith('[') ? Strings(value).ToArray() : [Unquote(value)]);
                continue;
            }

            if (table == "admin" || (table.Length == 0 && NotNginx.Contains(key)) || key is "queue" or "proxy_protocol")
            {
                continue;
            }

            if (key == "keepalive" && value == "0")
            {
                sawKeepalive = true;
                continue;
            }

            if (table == "log_format")
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"log_format {key} '{Unquote(value)}';");
            }
            else if (table == "server.location" && key == "path")
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"location {Unquote(value)} {{");
                open = 2;
            }
            else if (key == "proxy_set_header")
            {
                headers.AddRange(Pairs(value).Select(p => $"proxy_set_header {p.Name} \"{p.Value}\";"));
            }
            else
            {
                sawKeepalive |= key == "keepalive";
                text.AppendLine(Directive(key, value));
            }
        }

        EndTable(text, table, headers, sawKeepalive);
        variable?.WriteTo(text);
        while (open-- > 0)
        {
            text.AppendLine("}");
        }

        return text.ToString();
    }

    private static void EndTable(StringBuilder text, string table, List<string> headers, bool sawKeepalive)
    {
        if (table == "server.location")
        {
            // What the gateway does unasked and every nginx file sets by hand.
            text.AppendLine("proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off;");
            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("Connection", "\"\""), ("Host", "$http_host")])
            {
                if (!headers.Exists(h => h.StartsWith($"proxy_set_header {name} ", StringComparison.OrdinalIgnoreCase)))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"proxy_set_header {name} {value};");
                }
            }
        }
        else if (table.StartsWith("upstream.", StringComparison.Ordinal) && !sawKeepalive)
        {
            text.AppendLine("keepalive 32;");
        }

        headers.ForEach(h => text.AppendLine(h));
    }

    private static string Directive(string key, string value)
    {
        if (value is "true" or "false")
        {
            return key is "least_conn" or "ip_hash" or "random" or "internal" or "break" ? value == "true" ? $"{key};" : "" : $"{key} {(value == "true" ? "on" : "off")};";
        }

        if (value.StartsWith('{'))
        {
            return string.Join('\n', Pairs(value).Select(p => $"{key} {(key == "set" ? "$" : "")}{p.Name} \"{p.Value}\"{(key == "add_header" ? " always" : "")};"));
        }

        var values = value.StartsWith('[') ? Strings(value).ToArray() : [Unquote(value).Replace(".log json", ".log", StringComparison.Ordinal)];
        if (key == "return")
        {
            var parts = values[0].Split(' ', 2);
            return parts.Length == 2 ? $"return {parts[0]} \"{parts[1]}\";" : $"return {parts[0]};";
        }

        return Repeated.Contains(key)
            ? string.Join('\n', values.Select(v => $"{key} {v};"))
            : $"{key} {string.Join(' ', values.Select(v => Verbatim.Contains(key) || !v.Contains(' ', StringComparison.Ordinal) && v.Length > 0 ? v : $"\"{v}\""))};";
    }

    private static IEnumerable<string> Lines(string toml)
    {
        var pending = "";
        foreach (var raw in toml.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            pending = pending.Length == 0 ? line : $"{pending} {line}";
            if (Header().IsMatch(pending) || Depth(pending) == 0)
            {
                yield return pending;
                pending = "";
            }
        }
    }

    private static int Depth(string text)
    {
        var bare = StringLiteral().Replace(text, "");
        return bare.Count(c => c is '[' or '{') - bare.Count(c => c is ']' or '}');
    }

    private static (string Key, string Value) Split(string line)
    {
        var at = line.IndexOf('=', StringComparison.Ordinal);
        return (line[..at].Trim(), line[(at + 1)..].Trim());
    }

    private static IEnumerable<string> Strings(string value) => StringLiteral().Matches(value).Select(m => Unquote(m.Value));

    private static IEnumerable<(string Name, string Value)> Pairs(string value) =>
        Pair().Matches(value).Select(m => (m.Groups[1].Value.Trim('"'), Unquote(m.Groups[2].Value)));

    private static string Unquote(string value) => value switch
    {
        ['\'', .., '\''] => value[1..^1],
        ['"', .., '"'] => value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal),
        _ => value,
    };

    [GeneratedRegex(@"^\[\[?([^\[\]=""]+)\]\]?$")]
    private static partial Regex Header();

    [GeneratedRegex("""("(?:[^"\\]|\\.)*"|'[^']*')""")]
    private static partial Regex StringLiteral();

    [GeneratedRegex("""([A-Za-z0-9_\-"]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')""")]
    private static partial Regex Pair();
}
