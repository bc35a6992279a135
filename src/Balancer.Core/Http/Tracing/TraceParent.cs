using System.Buffers.Text;
using System.Globalization;

namespace Balancer.Http.Tracing;

/// <summary>The <c>traceparent</c> field: which trace a request belongs to, and the span that made it (W3C Trace Context, section 3.2).</summary>
/// <param name="TraceId">The id of the trace; not zero.</param>
/// <param name="SpanId">The id of the span that made the request; not zero.</param>
/// <param name="IsSampled">Whether the caller may have recorded its span.</param>
internal readonly record struct TraceParent(UInt128 TraceId, ulong SpanId, bool IsSampled)
{
    /// <summary>Length of the field as version 00 writes it.</summary>
    public const int Length = 55;

    private const int TraceIdAt = 3;
    private const int SpanIdAt = 36;
    private const int FlagsAt = 53;
    private const byte SampledFlag = 1;

    /// <summary>Reads a field of version 00, or the part that later versions share with it.</summary>
    /// <returns>False when it is not valid, and the request thus begins a trace.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out TraceParent result)
    {
        result = default;
        if (text.Length < Length
            || text[TraceIdAt - 1] != '-' || text[SpanIdAt - 1] != '-' || text[FlagsAt - 1] != '-'
            || !TryParseHex(text[..2], out var version) || version == 0xFF
            || (text.Length > Length && (version == 0 || text[Length] != '-'))
            || !TryParseHex(text.Slice(TraceIdAt, 16), out var high)
            || !TryParseHex(text.Slice(TraceIdAt + 16, 16), out var low)
            || !TryParseHex(text.Slice(SpanIdAt, 16), out var span)
            || !TryParseHex(text.Slice(FlagsAt, 2), out var flags)
            || (high | low) == 0
            || span == 0)
        {
            return false;
        }

        result = new TraceParent(new UInt128(high, low), span, (flags & SampledFlag) != 0);
        return true;
    }

    /// <summary>Writes the field.</summary>
    /// <param name="output">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> output)
    {
        "00-"u8.CopyTo(output);
        WriteTraceId(TraceId, output[TraceIdAt..]);
        output[SpanIdAt - 1] = (byte)'-';
        WriteSpanId(SpanId, output[SpanIdAt..]);
        (IsSampled ? "-01"u8 : "-00"u8).CopyTo(output[(FlagsAt - 1)..]);
    }

    /// <summary>Writes the id of a trace as 32 hexadecimal digits.</summary>
    public static void WriteTraceId(UInt128 id, Span<byte> output) => id.TryFormat(output, out _, "x32", CultureInfo.InvariantCulture);

    /// <summary>Writes the id of a span as 16 hexadecimal digits.</summary>
    public static void WriteSpanId(ulong id, Span<byte> output) => Utf8Formatter.TryFormat(id, output, out _, new('x', 16));

    private static bool TryParseHex(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var c in text)
        {
            // Digits in lower case only.
            var digit = c is >= (byte)'0' and <= (byte)'9' ? c - '0' : c is >= (byte)'a' and <= (byte)'f' ? c - 'a' + 10 : -1;
            if (digit < 0)
            {
                return false;
            }

            value = (value << 4) | (uint)digit;
        }

        return true;
    }
}
