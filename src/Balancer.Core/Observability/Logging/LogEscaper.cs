using System.Buffers;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>Writes values so that they can neither end a quoted field nor begin a new line.</summary>
internal static class LogEscaper
{
    private static readonly SearchValues<byte> SafeInText =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>ASCII only: text beyond is looked at rune by rune, because a client may send bytes that are no UTF-8.</summary>
    private static readonly SearchValues<byte> SafeInJson =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x60).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Whether a value can be written as it is.</summary>
    public static bool IsSafe(ReadOnlySpan<byte> value, LogEscape escape) => escape switch
    {
        LogEscape.Default => !value.ContainsAnyExcept(SafeInText),
        LogEscape.Json => !value.ContainsAnyExcept(SafeInJson),
        _ => true,
    };

    /// <summary>Appends a value, escaped.</summary>
    public static void Append(ReadOnlySpan<byte> value, LogEscape escape, ByteBuffer output)
    {
        switch (escape)
        {
            case LogEscape.Default:
                AppendText(value, output);
                break;
            case LogEscape.Json:
                AppendJson(value, output);
                break;
            default:
                output.Append(value);
                break;
        }
    }

    /// <summary>nginx's default: <c>\xXX</c>.</summary>
    private static void AppendText(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        while (true)
        {
            var unsafeAt = value.IndexOfAnyExcept(SafeInText);
            if (unsafeAt < 0)
            {
                output.Append(value);
                return;
            }

            output.Append(value[..unsafeAt]);
            output.Append("\\x"u8);
            AppendHex(value[unsafeAt], output);
            value = value[(unsafeAt + 1)..];
        }
    }

    /// <summary>RFC 8259 section 7. Bytes that are no UTF-8 become U+FFFD, so that the line stays JSON.</summary>
    private static void AppendJson(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        while (true)
        {
            var unsafeAt = value.IndexOfAnyExcept(SafeInJson);
            if (unsafeAt < 0)
            {
                output.Append(value);
                return;
            }

            output.Append(value[..unsafeAt]);
            value = value[unsafeAt..];
            var status = Rune.DecodeFromUtf8(value, out var rune, out var consumed);
            if (status != OperationStatus.Done)
            {
                output.Append("\uFFFD"u8);
            }
            else if (rune.IsAscii)
            {
                AppendJsonEscape(value[0], output);
            }
            else
            {
                output.Append(value[..consumed]);
            }

            value = value[consumed..];
        }
    }

    private static void AppendJsonEscape(byte value, ByteBuffer output)
    {
        output.Append((byte)'\\');
        switch (value)
        {
            case (byte)'"' or (byte)'\\':
                output.Append(value);
                break;
            case (byte)'\n':
                output.Append((byte)'n');
                break;
            case (byte)'\r':
                output.Append((byte)'r');
                break;
            case (byte)'\t':
                output.Append((byte)'t');
                break;
            case (byte)'\b':
                output.Append((byte)'b');
                break;
            case (byte)'\f':
                output.Append((byte)'f');
                break;
            default:
                output.Append("u00"u8);
                AppendHex(value, output);
                break;
        }
    }

    private static void AppendHex(byte value, ByteBuffer output)
    {
        output.Append("0123456789ABCDEF"u8[value >> 4]);
        output.Append("0123456789ABCDEF"u8[value & 15]);
    }
}
