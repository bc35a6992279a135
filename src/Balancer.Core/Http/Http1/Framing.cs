using System.Text;

namespace Balancer.Http.Http1;

/// <summary>The values of the fields that frame a body, read as strictly as smuggling demands.</summary>
internal static class Framing
{
    /// <summary>Most digits of a Content-Length; every number of so many digits fits.</summary>
    private const int MaxDigits = 18;

    /// <summary>Takes in a Content-Length line of a head; leading zeros are cut from the field, since some read them as octal.</summary>
    public static HeadError ReadContentLength(ReadOnlySpan<byte> value, ref HeaderField field, MessageHead head)
    {
        if (head.ContentLength >= 0)
        {
            return HeadError.DuplicateContentLength;
        }

        if (head.IsChunked)
        {
            return HeadError.ConflictingFraming;
        }

        if (!TryReadContentLength(value, out var length, out var zeros))
        {
            return HeadError.InvalidContentLength;
        }

        head.ContentLength = length;
        if (zeros > 0)
        {
            field.ValueStart += zeros;
            field.ValueLength -= zeros;
            field.Flags &= ~HeaderFieldFlags.Canonical;
        }

        return HeadError.None;
    }

    /// <summary>Takes in a Transfer-Encoding line of a head whose version is known.</summary>
    public static HeadError ReadTransferEncoding(ReadOnlySpan<byte> value, MessageHead head)
    {
        if (head.Version < 11)
        {
            return HeadError.TransferEncodingInHttp10;
        }

        if (head.ContentLength >= 0)
        {
            return HeadError.ConflictingFraming;
        }

        if (head.IsChunked)
        {
            return HeadError.InvalidTransferEncoding;
        }

        var error = CheckTransferEncoding(value);
        head.IsChunked = error == HeadError.None;
        return error;
    }

    /// <summary>
    /// Content-Length: decimal digits only, no sign, no list, at most 18 digits (an exabyte) behind leading zeros.
    /// </summary>
    /// <param name="value">The field's value.</param>
    /// <param name="length">The number.</param>
    /// <param name="zeros">How many leading zeros it has.</param>
    public static bool TryReadContentLength(ReadOnlySpan<byte> value, out long length, out int zeros)
    {
        length = 0;
        zeros = 0;
        while (zeros < value.Length - 1 && value[zeros] == '0')
        {
            zeros++;
        }

        var digits = value[zeros..];
        if (digits.Length is 0 or > MaxDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var number = (uint)(digit - '0');
            if (number > 9)
            {
                return false;
            }

            length = (length * 10) + number;
        }

        return true;
    }

    /// <summary>Transfer-Encoding: only <c>chunked</c> alone is taken (RFC 9112 section 6.1).</summary>
    public static HeadError CheckTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            return HeadError.None;
        }

        var chunkedSeen = false;
        var others = false;
        while (Http1Syntax.TryNextElement(ref value, out var coding))
        {
            if (chunkedSeen || coding.IsEmpty || coding.IndexOfAnyExcept(Http1Syntax.Token) >= 0)
            {
                return HeadError.InvalidTransferEncoding;
            }

            chunkedSeen = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            others |= !chunkedSeen;
        }

        return others ? HeadError.UnsupportedTransferCoding : HeadError.InvalidTransferEncoding;
    }
}
