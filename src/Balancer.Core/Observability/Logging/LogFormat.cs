using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>
/// <c>log_format</c>: how a request becomes a line. The text may start with nginx's <c>escape=default|json|none</c>. Immutable; any thread.
/// </summary>
/// <remarks>
/// In a format that escapes for JSON and starts with a brace, a variable outside quotes is written as a JSON value: a number as it is,
/// <c>null</c> without value, anything else as a string. nginx writes broken JSON there as soon as <c>$upstream_status</c> is missing.
/// </remarks>
internal sealed class LogFormat
{
    private const string CombinedText =
        """$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" """;

    private const string JsonText =
        """
        escape=json {"time":"$time_iso8601","remote_addr":"$remote_addr","remote_user":"$remote_user","request_id":"$request_id",
        "server_name":"$server_name","host":"$host","method":"$request_method","uri":"$request_uri","protocol":"$server_protocol",
        "status":$status,"body_bytes_sent":$body_bytes_sent,"request_length":$request_length,"request_time":$request_time,
        "referer":"$http_referer","user_agent":"$http_user_agent","upstream_addr":"$upstream_addr","upstream_status":"$upstream_status",
        "upstream_connect_time":"$upstream_connect_time","upstream_header_time":"$upstream_header_time","upstream_response_time":"$upstream_response_time",
        "error":"$proxy_error"}
        """;

    [ThreadStatic]
    private static ByteBuffer? t_value;

    private readonly TextTemplate _template;
    private readonly LogEscape _escape;
    private readonly bool[] _isBareJson;

    private LogFormat(TextTemplate template, LogEscape escape)
    {
        _template = template;
        _escape = escape;
        _isBareJson = FindBareJson(template.Parts, escape);
    }

    /// <summary>The names of the formats that are built in.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["combined", "json"];

    /// <summary>Whether the head sent must be kept (<see cref="HttpExchange.KeepSentHead"/>).</summary>
    public bool ReadsSentHead => _template.ReadsSentHead;

    /// <summary>nginx's <c>combined</c>.</summary>
    public static LogFormat Combined(VariableScope scope) => CompileBuiltIn(CombinedText.TrimEnd(), scope);

    /// <summary>One JSON object a line, with what <c>combined</c> has and how the upstream did.</summary>
    public static LogFormat Json(VariableScope scope) => CompileBuiltIn(JsonText.ReplaceLineEndings(""), scope);

    /// <summary>Compiles a format; on a fault adds an error and returns a format that must not be used.</summary>
    public static LogFormat Compile(ConfigText text, VariableScope scope, ICollection<ConfigError> errors)
    {
        const string Prefix = "escape=";
        if (!text.Value.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return new LogFormat(TextTemplate.Compile(text, scope, errors), LogEscape.Default);
        }

        var end = text.Value.IndexOf(' ');
        end = end < 0 ? text.Value.Length : end;
        var name = text.Value[Prefix.Length..end];
        LogEscape? escape = name switch
        {
            "default" => LogEscape.Default,
            "json" => LogEscape.Json,
            "none" => LogEscape.None,
            _ => null,
        };
        if (escape is null)
        {
            errors.Add(new ConfigError(text.At(Prefix.Length), $"unknown escaping '{name}', expected default, json or none"));
        }

        var start = Math.Min(end + 1, text.Value.Length);
        return new LogFormat(TextTemplate.Compile(text.From(start), scope, errors), escape ?? LogEscape.Default);
    }

    /// <summary>Appends the line of a request with its line feed.</summary>
    public void Write(HttpExchange exchange, ByteBuffer output)
    {
        var parts = _template.Parts;
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            if (part.Reader is null)
            {
                output.Append(part.Literal);
                continue;
            }

            var start = output.Length;
            var found = part.Reader(exchange, output);
            if (_isBareJson[i])
            {
                FinishBareJson(start, output);
            }
            else if (!found)
            {
                output.Append(_escape == LogEscape.Default ? "-"u8 : default);
            }
            else if (!LogEscaper.IsSafe(output.Written[start..], _escape))
            {
                EscapeTail(start, output);
            }
        }

        output.Append((byte)'\n');
    }

    private static LogFormat CompileBuiltIn(string text, VariableScope scope)
    {
        var errors = new List<ConfigError>();
        var format = Compile(new ConfigText(text, SourceLocation.None), scope, errors);
        return errors.Count == 0 ? format : throw new InvalidOperationException(errors[0].Message);
    }

    private static bool[] FindBareJson(ReadOnlySpan<TemplatePart> parts, LogEscape escape)
    {
        var bare = new bool[parts.Length];
        if (escape != LogEscape.Json || parts.IsEmpty || !parts[0].Literal.AsSpan().StartsWith("{"u8))
        {
            return bare;
        }

        var inString = false;
        for (var i = 0; i < parts.Length; i++)
        {
            bare[i] = parts[i].Reader is not null && !inString;
            var literal = parts[i].Literal;
            for (var j = 0; j < literal.Length; j++)
            {
                if (literal[j] == '\\')
                {
                    j++;
                }
                else if (literal[j] == '"')
                {
                    inString = !inString;
                }
            }
        }

        return bare;
    }

    private static bool IsJsonNumber(ReadOnlySpan<byte> value)
    {
        var digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var whole = digits < 0 ? value.Length : digits;
        if (whole == 0 || (whole > 1 && value[0] == '0'))
        {
            return false;
        }

        return whole == value.Length || (value[whole] == '.' && value.Length > whole + 1 && !value[(whole + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    private static void EscapeTail(int start, ByteBuffer output, LogEscape escape)
    {
        var value = t_value ??= new ByteBuffer(1024);
        value.Clear();
        value.Append(output.Written[start..]);
        output.Truncate(start);
        LogEscaper.Append(value.Written, escape, output);
    }

    private static void FinishBareJson(int start, ByteBuffer output)
    {
        var value = output.Written[start..];
        if (value.IsEmpty)
        {
            output.Append("null"u8);
        }
        else if (!IsJsonNumber(value))
        {
            EscapeTail(start, output, LogEscape.Json);
            var quoted = t_value!;
            quoted.Clear();
            quoted.Append(output.Written[start..]);
            output.Truncate(start);
            output.Append((byte)'"');
            output.Append(quoted.Written);
            output.Append((byte)'"');
        }
    }

    private void EscapeTail(int start, ByteBuffer output) => EscapeTail(start, output, _escape);
}
