using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>What the client asked for.</summary>
internal static class RequestVariables
{
    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("host", Host),
        new("request", RequestLine),
        new("request_method", static (exchange, output) => AppendFilled(exchange.IsSubrequest ? exchange.Request.ReceivedMethod : exchange.Request.Method, output)),
        new("request_uri", RequestUri),
        new("uri", Uri),
        new("document_uri", Uri),
        new("args", Query),
        new("query_string", Query),
        new("is_args", IsArgs),
        new("server_protocol", static (exchange, output) => AppendFilled(Protocol(exchange.Request.Version), output)),
        new("remote_user", RemoteUser),
        new("content_length", Field("content_length"u8.ToArray())),
        new("content_type", Field("content_type"u8.ToArray())),
        new("request_id", RequestId),
        new("request_length", RequestLength),
        new("request_time", RequestTime),
        new("server_name", ServerName),
        new("proxy_add_x_forwarded_for", AddForwardedFor),
    ];

    /// <summary><c>$http_name</c>.</summary>
    public static VariableReader Field(byte[] name)
    {
        var separator = name.AsSpan().SequenceEqual("cookie"u8) ? "; "u8.ToArray() : ", "u8.ToArray();
        return (exchange, output) => FieldValues.Append(exchange.Request, name, separator, output);
    }

    /// <summary><c>$arg_name</c>.</summary>
    public static VariableReader Argument(byte[] name) => (exchange, output) =>
    {
        var found = NamedValues.TryFindArgument(exchange.Query, name, out var value);
        output.Append(value);
        return found;
    };

    /// <summary><c>$cookie_name</c>.</summary>
    public static VariableReader Cookie(byte[] name) => (exchange, output) =>
    {
        var head = exchange.Request;
        foreach (ref var field in head.Headers.Fields)
        {
            if (field.NameLength == 6 && Ascii.EqualsIgnoreCase(head.Name(field), "cookie"u8) && NamedValues.TryFindCookie(head.Value(field), name, out var value))
            {
                output.Append(value);
                return true;
            }
        }

        return false;
    };

    private static bool AppendFilled(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        output.Append(value);
        return value.Length > 0;
    }

    private static ReadOnlySpan<byte> Protocol(int version) => version switch
    {
        10 => "HTTP/1.0"u8,
        11 => "HTTP/1.1"u8,
        20 => "HTTP/2.0"u8,
        _ => default,
    };

    /// <summary>The request line's host, else the Host field's, else the server's name; lower case, no port.</summary>
    private static bool Host(HttpExchange exchange, ByteBuffer output)
    {
        var host = exchange.Request.HostName;
        if (host.IsEmpty)
        {
            output.Append(exchange.ServerName);
            return true;
        }

        Ascii.ToLower(host, output.GetSpan(host.Length), out var written);
        output.Advance(written);
        return true;
    }

    /// <summary>The request line; of a request that could not be parsed, what came of its first line.</summary>
    private static bool RequestLine(HttpExchange exchange, ByteBuffer output)
    {
        var head = exchange.Request;
        var protocol = Protocol(head.Version);
        if (head.Method.IsEmpty || protocol.IsEmpty)
        {
            var end = head.Bytes.IndexOfAny((byte)'\r', (byte)'\n');
            return AppendFilled(end < 0 ? head.Bytes : head.Bytes[..end], output);
        }

        output.Append(head.ReceivedMethod);
        output.Append((byte)' ');
        output.Append(head.Target);
        output.Append((byte)' ');
        output.Append(protocol);
        return true;
    }

    /// <summary>Path and query as received; without scheme and host when the target is in absolute form.</summary>
    private static bool RequestUri(HttpExchange exchange, ByteBuffer output)
    {
        var head = exchange.Request;
        if (head.Method.IsEmpty || head.Form is TargetForm.Asterisk or TargetForm.Authority)
        {
            return AppendFilled(head.Target, output);
        }

        output.Append(head.Path);
        if (head.HasQuery)
        {
            output.Append((byte)'?');
            output.Append(head.Query);
        }

        return true;
    }

    private static bool Uri(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.NormalizedPath);
        return true;
    }

    private static bool Query(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.Query);
        return true;
    }

    private static bool IsArgs(HttpExchange exchange, ByteBuffer output)
    {
        if (!exchange.Query.IsEmpty)
        {
            output.Append((byte)'?');
        }

        return true;
    }

    private static bool RemoteUser(HttpExchange exchange, ByteBuffer output)
    {
        var head = exchange.Request;
        return head.TryGetValue("authorization"u8, out var authorization) && BasicCredentials.TryAppendUser(authorization, output);
    }

    private static bool RequestId(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.RequestId);
        return true;
    }

    private static bool RequestLength(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.RequestLength);
        return true;
    }

    private static bool RequestTime(HttpExchange exchange, ByteBuffer output)
    {
        output.AppendSeconds(StopwatchTime.ToMilliseconds(exchange.ElapsedTicks));
        return true;
    }

    private static bool ServerName(HttpExchange exchange, ByteBuffer output)
    {
        output.Append(exchange.ServerName);
        return true;
    }

    private static bool AddForwardedFor(HttpExchange exchange, ByteBuffer output)
    {
        if (FieldValues.Append(exchange.Request, "x_forwarded_for"u8, ", "u8, output))
        {
            output.Append(", "u8);
        }

        output.Append(exchange.Client.Text);
        return true;
    }
}
