using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>What happened on upstream servers: one entry a try, joined by <c>", "</c>, or <c>" : "</c> where the request was redirected within the gateway between two, <c>-</c> where a try has no value.</summary>
internal static class UpstreamVariables
{
    private delegate void AttemptWriter(in UpstreamAttempt attempt, ByteBuffer output);

    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("upstream_addr", List(static (in attempt, output) => output.Append(attempt.Address))),
        new("upstream_status", List(static (in attempt, output) => AppendNumber(attempt.Status == 0 ? -1 : attempt.Status, output))),
        new("upstream_connect_time", List(static (in attempt, output) => AppendTime(attempt.ConnectTicks, output))),
        new("upstream_header_time", List(static (in attempt, output) => AppendTime(attempt.HeaderTicks, output))),
        new("upstream_response_time", List(static (in attempt, output) => AppendTime(attempt.ResponseTicks, output))),
        new("upstream_response_length", List(static (in attempt, output) => AppendNumber(attempt.ResponseLength, output))),
        new("upstream_bytes_received", List(static (in attempt, output) => AppendNumber(attempt.BytesReceived, output))),
        new("upstream_bytes_sent", List(static (in attempt, output) => AppendNumber(attempt.BytesSent, output))),
        new("proxy_host", static (exchange, output) => AppendFilled(exchange.ProxyHost, output)),
        new("proxy_port", static (exchange, output) => AppendFilled(exchange.ProxyPort, output)),
    ];

    /// <summary><c>$upstream_http_name</c>: of the last response received.</summary>
    public static VariableReader Field(byte[] name) => (exchange, output) => FieldValues.Append(exchange.Response, name, ", "u8, output);

    /// <summary><c>$upstream_cookie_name</c>: the value of the cookie a Set-Cookie field of the last response sets.</summary>
    public static VariableReader Cookie(byte[] name) => (exchange, output) =>
    {
        var head = exchange.Response;
        foreach (ref var field in head.Headers.Fields)
        {
            if (field.NameLength == 10 && Ascii.EqualsIgnoreCase(head.Name(field), "set-cookie"u8) && NamedValues.TryFindSetCookie(head.Value(field), name, out var value))
            {
                output.Append(value);
                return true;
            }
        }

        return false;
    };

    private static VariableReader List(AttemptWriter write) => (exchange, output) =>
    {
        var attempts = exchange.Attempts;
        for (var i = 0; i < attempts.Length; i++)
        {
            if (i > 0)
            {
                output.Append(attempts[i].FollowsRedirect ? " : "u8 : ", "u8);
            }

            write(attempts[i], output);
        }

        return attempts.Length > 0;
    };

    private static void AppendNumber(long value, ByteBuffer output)
    {
        if (value < 0)
        {
            output.Append((byte)'-');
        }
        else
        {
            output.Append(value);
        }
    }

    private static void AppendTime(long ticks, ByteBuffer output)
    {
        if (ticks < 0)
        {
            output.Append((byte)'-');
        }
        else
        {
            output.AppendSeconds(StopwatchTime.ToMilliseconds(ticks));
        }
    }

    private static bool AppendFilled(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        output.Append(value);
        return value.Length > 0;
    }
}
