namespace Balancer.Http.Http1;

/// <summary>The request line: <c>method SP request-target SP HTTP-version CRLF</c> (RFC 9112 section 3), one space each.</summary>
internal static class RequestLine
{
    /// <summary>Longest method; a longer one is 501 (RFC 9110 section 9.1). The longest registered one has 17 letters.</summary>
    public const int MaxMethodLength = 32;

    /// <summary>Reads the request line that starts at <paramref name="start"/>, checking from left to right as far as it has arrived.</summary>
    /// <returns>The length of the line with its CRLF; 0 when it has not ended yet; else the negated <see cref="HeadError"/>.</returns>
    public static int Read(ReadOnlySpan<byte> data, int start, RequestHead head)
    {
        var line = data[start..];
        int methodLength;
        if (line.StartsWith("GET "u8))
        {
            methodLength = 3;
            head.KnownMethod = KnownMethod.Get;
        }
        else
        {
            methodLength = ReadMethod(line, head);
            if (methodLength <= 0)
            {
                return methodLength;
            }
        }

        head.MethodRange = (start, methodLength);
        var targetStart = methodLength + 1;
        var targetLength = line[targetStart..].IndexOfAny(Http1Syntax.NotTarget);
        if (targetLength < 0)
        {
            return 0;
        }

        var end = targetStart + targetLength;
        if (line[end] != ' ')
        {
            return -(int)TargetError(line, end);
        }

        var error = RequestTarget.Read(line.Slice(targetStart, targetLength), start + targetStart, head);
        if (error != HeadError.None)
        {
            return -(int)error;
        }

        var version = line[(end + 1)..];
        if (version.StartsWith("HTTP/1.1\r\n"u8))
        {
            head.Version = 11;
            return end + 11;
        }

        var length = HttpVersion.ReadLineEnd(version, out var number);
        if (length <= 0)
        {
            return length;
        }

        head.Version = number;
        return end + 1 + length;
    }

    /// <summary>Checks a method that stands in the head by itself and tells which it is.</summary>
    public static HeadError CheckMethod(RequestHead head)
    {
        var method = head.Method;
        if (method.IsEmpty || method.ContainsAnyExcept(Http1Syntax.Token))
        {
            return HeadError.MalformedRequestLine;
        }

        head.KnownMethod = KnownMethodOf(method);
        return method.Length > MaxMethodLength ? HeadError.MethodTooLong
            : head.KnownMethod is KnownMethod.Connect or KnownMethod.Trace ? HeadError.MethodNotAllowed
            : HeadError.None;
    }

    private static int ReadMethod(ReadOnlySpan<byte> line, RequestHead head)
    {
        var length = line.IndexOfAnyExcept(Http1Syntax.Token);
        if (length > MaxMethodLength || (length < 0 && line.Length > MaxMethodLength))
        {
            return -(int)HeadError.MethodTooLong;
        }

        if (length < 0)
        {
            return 0;
        }

        if (length == 0 || line[length] != ' ')
        {
            return -(int)(length == 0 && line[0] == 0x16 ? HeadError.TlsOnPlainPort
                : line[length] == '\n' ? HeadError.BareLineFeed
                : HeadError.MalformedRequestLine);
        }

        head.KnownMethod = KnownMethodOf(line[..length]);
        return head.KnownMethod is KnownMethod.Connect or KnownMethod.Trace ? -(int)HeadError.MethodNotAllowed : length;
    }

    /// <summary>Which method a token is.</summary>
    public static KnownMethod KnownMethodOf(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => KnownMethod.Get,
        3 when method.SequenceEqual("PUT"u8) => KnownMethod.Put,
        4 when method.SequenceEqual("POST"u8) => KnownMethod.Post,
        4 when method.SequenceEqual("HEAD"u8) => KnownMethod.Head,
        4 when method.SequenceEqual("LOCK"u8) => KnownMethod.Lock,
        5 when method.SequenceEqual("PATCH"u8) => KnownMethod.Patch,
        5 when method.SequenceEqual("TRACE"u8) => KnownMethod.Trace,
        6 when method.SequenceEqual("DELETE"u8) => KnownMethod.Delete,
        7 when method.SequenceEqual("OPTIONS"u8) => KnownMethod.Options,
        7 when method.SequenceEqual("CONNECT"u8) => KnownMethod.Connect,
        _ => KnownMethod.Other,
    };

    private static HeadError TargetError(ReadOnlySpan<byte> line, int index) => line[index] switch
    {
        Http1Syntax.LineFeed => HeadError.BareLineFeed,
        Http1Syntax.CarriageReturn => HeadError.MalformedRequestLine,
        _ => HeadError.InvalidTarget,
    };
}
