using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// The head composed for upstream servers as a message of the framework's client: the same fields by the same rules, less those that
/// HTTP/2 has no use for (RFC 9113 section 8.2.2).
/// </summary>
internal static class Http2RequestMessage
{
    private static readonly UriCreationOptions s_asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>
    /// Whether the method can be sent as it is. The framework's client takes <c>connect</c> for CONNECT and <c>post</c> for POST, but methods
    /// are case-sensitive (RFC 9110 section 9.1), and every rule of the gateway has seen another one.
    /// </summary>
    public static bool KeepsMethod(RequestHead request)
    {
        if (request.KnownMethod != KnownMethod.Other)
        {
            return true;
        }

        return KeepsMethod(request.Method);
    }

    /// <inheritdoc cref="KeepsMethod(RequestHead)"/>
    public static bool KeepsMethod(ReadOnlySpan<byte> method)
    {
        var text = Encoding.Latin1.GetString(method);
        return HttpMethod.Parse(text).Method == text;
    }

    /// <summary>Makes the message.</summary>
    /// <param name="context">The request; its head is composed.</param>
    /// <param name="newContent">Makes what sends the client's body. Called for requests with a body, and with fields that belong to one, unless the body is the gateway's own.</param>
    /// <param name="error"><see cref="ProxyError.ClientMalformed"/> when the client would not send the Host as it is, but another authority; else None.</param>
    public static HttpRequestMessage Create(ForwardContext context, Func<HttpContent> newContent, out ProxyError error)
    {
        var request = context.Exchange.Request;
        var change = context.Action.Change;
        var head = context.Head.Written;
        if (change is { KeepsBody: false })
        {
            // What stands behind the head.
            var body = head[(head.IndexOf("\r\n\r\n"u8) + 4)..].ToArray();
            newContent = () => new Http2OwnContent(body);
        }

        var line = TakeLine(ref head);
        var methodEnd = line.IndexOf((byte)' ');
        var target = line[(methodEnd + 1)..line.LastIndexOf((byte)' ')];
        var message = new HttpRequestMessage(HttpMethod.Parse(Encoding.Latin1.GetString(line[..methodEnd])), UriOf(target))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = context.SendsBody || change?.Body is not null ? newContent() : null,
        };
        string? host = null;
        while (!head.IsEmpty && TakeLine(ref head) is { IsEmpty: false } field)
        {
            AddField(message, field, newContent, ref host);
        }

        error = message.Headers.Host == host ? ProxyError.None : ProxyError.ClientMalformed;

        if (context.Action.IsGrpc || (change is not { PassesFields: false } && TakesTrailers(request)))
        {
            message.Headers.TryAddWithoutValidation("TE", "trailers");
        }

        return message;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        var line = head[..end];
        head = head[(end + 2)..];
        return line;
    }

    private static void AddField(HttpRequestMessage message, ReadOnlySpan<byte> line, Func<HttpContent> newContent, ref string? host)
    {
        var colon = line.IndexOf((byte)':');
        var name = line[..colon];
        var known = KnownHeaders.Find(name);
        if (known is KnownHeader.TransferEncoding or KnownHeader.Connection or KnownHeader.Upgrade)
        {
            return;
        }

        var nameText = Encoding.Latin1.GetString(name);
        var value = Encoding.Latin1.GetString(line[(colon + 2)..]);
        if (known == KnownHeader.Host)
        {
            host = value;
        }

        if (!message.Headers.TryAddWithoutValidation(nameText, value))
        {
            message.Content ??= newContent();
            message.Content.Headers.TryAddWithoutValidation(nameText, value);
        }
    }

    /// <summary>RFC 9110 section 10.1.4: who asks for trailers stands in TE, which ends at every hop, and the gateway passes them on.</summary>
    private static bool TakesTrailers(RequestHead request)
    {
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known != KnownHeader.TE)
            {
                continue;
            }

            var value = request.Value(field);
            while (Http1Syntax.TryNextElement(ref value, out var coding))
            {
                if (Ascii.EqualsIgnoreCase(coding, "trailers"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The target byte by byte. One that is not a path (<c>OPTIONS *</c>) the client has no way to write; the root stands for it.</summary>
    private static Uri UriOf(ReadOnlySpan<byte> target) =>
        new(target is [(byte)'/', ..] ? $"http://upstream{Encoding.Latin1.GetString(target)}" : "http://upstream/", in s_asItIs);
}
