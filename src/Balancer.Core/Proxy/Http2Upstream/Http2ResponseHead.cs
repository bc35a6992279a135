using System.Net.Http.Headers;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// Writes a response the framework's client has received as the head of an HTTP/1.1 response and checks it as strictly as one, for that is
/// what may become of it: nothing that could end a line or a head may be in it.
/// </summary>
internal static class Http2ResponseHead
{
    /// <summary>Fills <see cref="HttpExchange.Response"/>.</summary>
    /// <returns><see cref="ProxyError.UpstreamMalformed"/> with <see cref="ForwardContext.HeadError"/>, or None.</returns>
    public static ProxyError Read(HttpResponseMessage response, ForwardContext context)
    {
        var head = context.Exchange.Response;
        head.Version = 20;
        head.KeepAlive = true;
        head.Status = (int)response.StatusCode;
        var reason = ReasonPhrases.Of(head.Status);
        head.ReasonRange = (head.Append(reason), reason.Length);
        var limits = context.Action.ResponseLimits;
        var error = ReadFields(response.Headers, limits, head);
        if (error == HeadError.None)
        {
            error = ReadFields(response.Content.Headers, limits, head);
        }

        context.HeadError = error;
        context.Exchange.CurrentAttempt.BytesReceived += head.Length;

        // The length is not known: to HTTP/1.1 clients the body goes in chunks, and trailers can follow it.
        head.IsChunked = head.ContentLength < 0;
        return error == HeadError.None ? ProxyError.None : ProxyError.UpstreamMalformed;
    }

    /// <summary>Writes the trailers of a response that was read to its end as canonical field lines, less those that may not be trailers and those that would break a line.</summary>
    public static void WriteTrailers(HttpResponseMessage response, HeadWriter lines)
    {
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            foreach (var value in values)
            {
                TrailerRules.Write(name, value, lines);
            }
        }
    }

    private static HeadError ReadFields(HttpHeaders fields, HeadLimits limits, ResponseHead head)
    {
        foreach (var (name, values) in fields.NonValidated)
        {
            foreach (var value in values)
            {
                var error = ReadField(name, value, limits, head);
                if (error != HeadError.None)
                {
                    return error;
                }
            }
        }

        return HeadError.None;
    }

    private static HeadError ReadField(string name, string value, HeadLimits limits, ResponseHead head)
    {
        var nameStart = head.AppendText(name);
        var nameLength = head.Length - nameStart;
        head.Append(": "u8);
        var valueStart = head.AppendText(value);
        var valueLength = head.Length - valueStart;
        head.Append("\r\n"u8);
        if (head.Length > limits.TotalSize)
        {
            return HeadError.HeadTooLarge;
        }

        if (head.Headers.Count == limits.MaxFields)
        {
            return HeadError.TooManyFields;
        }

        ref var field = ref head.Headers.Add();
        field.NameStart = nameStart;
        field.NameLength = nameLength;
        field.ValueStart = valueStart;
        field.ValueLength = valueLength;
        return Check(ref field, head);
    }

    private static HeadError Check(ref HeaderField field, ResponseHead head)
    {
        var name = head.Name(field);
        var value = head.Value(field);
        if (name.IsEmpty || name.ContainsAnyExcept(Http1Syntax.Token))
        {
            return HeadError.InvalidFieldName;
        }

        if (value.ContainsAny(Http1Syntax.NotFieldValue))
        {
            return HeadError.InvalidFieldValue;
        }

        field.Known = KnownHeaders.Find(name);
        field.Flags = KnownHeaders.IsHopByHop(field.Known) ? HeaderFieldFlags.HopByHop : HeaderFieldFlags.None;
        return field.Known switch
        {
            KnownHeader.ContentLength => Framing.ReadContentLength(value, ref field, head),
            KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade => HeadError.ConnectionSpecificField,
            _ => HeadError.None,
        };
    }
}
