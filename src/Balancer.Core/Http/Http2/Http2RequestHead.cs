using System.Text;
using Balancer.Http.Http1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Balancer.Http.Http2;

/// <summary>
/// Writes a request the engine has received as the head of an HTTP/1.1 request and checks it as strictly as one (RFC 9113 section 8.2),
/// for that is what becomes of it: nothing that could end a line or a head may be in it.
/// </summary>
internal static class Http2RequestHead
{
    /// <summary>Fills a head; what is refused is told by the result.</summary>
    /// <param name="request">What the engine has received.</param>
    /// <param name="protocol">The protocol of an extended CONNECT (RFC 8441); null for every other request.</param>
    /// <param name="hasBody">Whether the stream goes on behind the head.</param>
    /// <param name="limits">How large the head may be.</param>
    /// <param name="head">Takes the request.</param>
    public static HeadError Read(IHttpRequestFeature request, string? protocol, bool hasBody, HeadLimits limits, RequestHead head)
    {
        head.Version = 20;
        head.KeepAlive = true;
        var error = ReadRequestLine(request, protocol, limits, head);
        if (error != HeadError.None)
        {
            return error;
        }

        foreach (var (name, values) in request.Headers)
        {
            error = values.Count == 1 ? ReadField(name, values[0], limits, head) : ReadFields(name, values, limits, head);
            if (error != HeadError.None)
            {
                return error;
            }
        }

        if (protocol is not null)
        {
            error = BecomeUpgrade(head);
            if (error != HeadError.None)
            {
                return error;
            }
        }
        else
        {
            head.IsChunked = hasBody && head.ContentLength < 0;
        }

        return head.HostRange.Length == 0 ? HeadError.MissingHost : HeadError.None;
    }

    /// <summary>What HTTP/1.1 asks for with Upgrade and a key (RFC 8441 section 5).</summary>
    private static HeadError BecomeUpgrade(RequestHead head)
    {
        if (head.ContentLength >= 0)
        {
            return HeadError.InvalidContentLength;
        }

        if (head.ExpectsContinue)
        {
            return HeadError.ExpectationFailed;
        }

        foreach (ref var field in head.Headers.Fields)
        {
            if (Ascii.EqualsIgnoreCase(head.Name(field), WebSocketHandshake.KeyField))
            {
                field.Flags |= HeaderFieldFlags.HopByHop;
            }
        }

        Span<byte> key = stackalloc byte[WebSocketHandshake.KeyLength];
        WebSocketHandshake.MakeKey(key);
        Add(head, "Upgrade"u8, "websocket"u8, KnownHeader.Upgrade, HeaderFieldFlags.HopByHop);
        ref var added = ref Add(head, WebSocketHandshake.KeyField, key, KnownHeader.None, HeaderFieldFlags.None);
        head.WebSocketKeyRange = (added.ValueStart, added.ValueLength);
        head.HasUpgrade = true;
        return HeadError.None;
    }

    private static ref HeaderField Add(RequestHead head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, KnownHeader known, HeaderFieldFlags flags)
    {
        ref var field = ref head.Headers.Reserve();
        field.NameStart = head.Append(name);
        field.NameLength = name.Length;
        head.Append(": "u8);
        field.ValueStart = head.Append(value);
        field.ValueLength = value.Length;
        head.Append("\r\n"u8);
        field.Known = known;
        field.Flags = flags | HeaderFieldFlags.Canonical;
        head.Headers.Commit();
        return ref field;
    }

    private static HeadError ReadRequestLine(IHttpRequestFeature request, string? protocol, HeadLimits limits, RequestHead head)
    {
        // The method of the handshake in HTTP/1.1, which is what all behind this knows.
        var start = head.AppendText("websocket".Equals(protocol, StringComparison.OrdinalIgnoreCase) ? "GET" : request.Method);
        head.MethodRange = (start, head.Length - start);
        var error = RequestLine.CheckMethod(head);
        if (error != HeadError.None)
        {
            return protocol is null ? error : HeadError.ProtocolNotSupported;
        }

        head.Append(" "u8);
        start = head.AppendText(request.RawTarget);
        if (head.Length > limits.LineSize)
        {
            return HeadError.RequestLineTooLong;
        }

        var target = head.Bytes[start..];
        error = target.ContainsAny(Http1Syntax.NotTarget) || target is [not ((byte)'/' or (byte)'*'), ..] ? HeadError.InvalidTarget : RequestTarget.Read(target, start, head);
        head.Append(" HTTP/2.0\r\n"u8);
        return error;
    }

    private static HeadError ReadFields(string name, in StringValues values, HeadLimits limits, RequestHead head)
    {
        // RFC 9113 section 8.2.3: crumbs of a cookie are put together for an HTTP/1.1 server.
        if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
        {
            return ReadField(name, string.Join("; ", values.ToArray()), limits, head);
        }

        foreach (var value in values)
        {
            var error = ReadField(name, value, limits, head);
            if (error != HeadError.None)
            {
                return error;
            }
        }

        return HeadError.None;
    }

    private static HeadError ReadField(string name, string? value, HeadLimits limits, RequestHead head)
    {
        if (name is [':', ..])
        {
            return HeadError.None;
        }

        var start = head.AppendText(name);
        var nameLength = head.Length - start;
        head.Append(": "u8);
        var valueStart = head.AppendText(value);
        var valueLength = head.Length - valueStart;
        head.Append("\r\n"u8);
        if (head.Length - start > limits.LineSize)
        {
            return HeadError.FieldLineTooLong;
        }

        if (head.Length + 2 > limits.TotalSize)
        {
            return HeadError.HeadTooLarge;
        }

        if (head.Headers.Count == limits.MaxFields)
        {
            return HeadError.TooManyFields;
        }

        ref var field = ref head.Headers.Reserve();
        field.NameStart = start;
        field.NameLength = nameLength;
        field.ValueStart = valueStart;
        field.ValueLength = valueLength;
        var error = Check(ref field, limits, head);
        head.Headers.Commit();
        return error;
    }

    private static HeadError Check(ref HeaderField field, HeadLimits limits, RequestHead head)
    {
        var name = head.Name(field);
        var value = head.Value(field);
        if (name.IsEmpty || name.ContainsAnyExcept(Http1Syntax.Token))
        {
            return HeadError.InvalidFieldName;
        }

        if (value.ContainsAny(Http1Syntax.NotFieldValue) || (value.Length > 0 && (Http1Syntax.IsWhitespace(value[0]) || Http1Syntax.IsWhitespace(value[^1]))))
        {
            return HeadError.InvalidFieldValue;
        }

        field.Known = KnownHeaders.Find(name);
        field.Flags = HeaderFieldFlags.Canonical | (KnownHeaders.IsHopByHop(field.Known) ? HeaderFieldFlags.HopByHop : 0);
        switch (field.Known)
        {
            case KnownHeader.None:
                if (!limits.UnderscoresInHeaders && name.Contains((byte)'_'))
                {
                    field.Flags |= HeaderFieldFlags.Dropped;
                    head.DroppedFields++;
                }

                return HeadError.None;
            case KnownHeader.Host:
                return ReadHost(field, value, head);
            case KnownHeader.ContentLength:
                return Framing.ReadContentLength(value, ref field, head);
            case KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade:
                return HeadError.ConnectionSpecificField;
            case KnownHeader.TE:
                return Ascii.EqualsIgnoreCase(value, "trailers"u8) ? HeadError.None : HeadError.ConnectionSpecificField;
            case KnownHeader.Expect:
                head.ExpectsContinue = true;
                return Ascii.EqualsIgnoreCase(value, "100-continue"u8) ? HeadError.None : HeadError.ExpectationFailed;
            default:
                return HeadError.None;
        }
    }

    /// <summary>The engine has put <c>:authority</c> in the place of Host (RFC 9113 section 8.3.1).</summary>
    private static HeadError ReadHost(in HeaderField field, ReadOnlySpan<byte> value, RequestHead head)
    {
        if (head.HostRange.Length > 0)
        {
            return HeadError.DuplicateHost;
        }

        if (!HostSyntax.TryParse(value, out var nameLength))
        {
            return HeadError.InvalidHost;
        }

        head.HostRange = (field.ValueStart, field.ValueLength);
        head.HostNameLength = nameLength;
        return HeadError.None;
    }
}
