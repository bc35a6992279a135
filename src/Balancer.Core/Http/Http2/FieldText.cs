using System.Text;

namespace Balancer.Http.Http2;

/// <summary>
/// Names and values of response fields as the strings the engine wants. Those that come again and again (names, media types, the date)
/// are kept, a few for each thread, so that they are made once.
/// </summary>
internal static class FieldText
{
    private const int SlotBits = 9;
    private const int MaxLength = 64;

    [ThreadStatic]
    private static string?[]? t_slots;

    /// <summary>The bytes as text: one character for each byte (Latin-1).</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxLength)
        {
            return Encoding.Latin1.GetString(bytes);
        }

        var slots = t_slots ??= new string?[1 << SlotBits];
        ref var slot = ref slots[Hash(bytes)];
        if (slot is { } kept && Ascii.Equals(bytes, kept))
        {
            return kept;
        }

        return slot = Encoding.Latin1.GetString(bytes);
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        foreach (var value in bytes)
        {
            hash = (hash * 31) + value;
        }

        return (int)(hash * 0x9E3779B1 >> (32 - SlotBits));
    }
}
