using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>What was answered.</summary>
internal static class ResponseVariables
{
    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("status", Status),
        new("bytes_sent", BytesSent),
        new("body_bytes_sent", BodyBytesSent),
        new("request_completion", Completion),
        new("proxy_error", Error),
    ];

    /// <summary><c>$sent_http_name</c>: read from the head sent when it was kept, else from the upstream server's.</summary>
    public static VariableReader SentField(byte[] name)
    {
        var isContentType = name.AsSpan().SequenceEqual("content_type"u8);
        return (exchange, output) =>
        {
            if (!exchange.SentHead.IsEmpty)
            {
                return FieldValues.Append(exchange.SentHead, name, ", "u8, output);
            }

            if (isContentType && exchange.LocalContentType.Length > 0)
            {
                output.Append(exchange.LocalContentType);
                return true;
            }

            return FieldValues.Append(exchange.Response, name, ", "u8, output);
        };
    }

    /// <summary>Three digits at least: 000 while no status is known. While an error page is composed, the status it will have.</summary>
    private static bool Status(HttpExchange exchange, ByteBuffer output)
    {
        var status = exchange.Uri.KeptStatus != 0 ? exchange.Uri.KeptStatus : exchange.Status;
        output.Append((byte)('0' + status / 100 % 10));
        output.Append((byte)('0' + status / 10 % 10));
        output.Append((byte)('0' + status % 10));
        return true;
    }

    private static bool BytesSent(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.BytesSent);
        return true;
    }

    private static bool BodyBytesSent(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.BodyBytesSent);
        return true;
    }

    private static bool Completion(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.Completed ? "OK"u8 : default);
        return true;
    }

    private static bool Error(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.Error == ProxyError.None ? default : ProxyErrorName.Utf8(exchange.Error));
        return exchange.Error != ProxyError.None;
    }
}
