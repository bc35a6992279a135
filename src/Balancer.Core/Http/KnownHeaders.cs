using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Balancer.Http;

/// <summary>
/// Names of the <see cref="KnownHeader"/>s, and the look-up from a received name: its first and last eight bytes in lower case
/// are hashed into a small table, so a name costs a multiplication and two or three compares.
/// </summary>
internal static class KnownHeaders
{
    private const ulong LowerCase = 0x2020202020202020;
    private const int SlotBits = 7;
    private const int SlotMask = (1 << SlotBits) - 1;

    private static readonly byte[][] s_names = MakeNames();
    private static readonly Entry[] s_slots = MakeSlots();
    private static readonly ulong s_xAccelPrefix = BinaryPrimitives.ReadUInt64LittleEndian("x-accel-"u8);

    /// <summary>The name as it is usually written, such as <c>Content-Length</c>; empty for <see cref="KnownHeader.None"/> and <see cref="KnownHeader.XAccel"/>.</summary>
    public static ReadOnlySpan<byte> Name(KnownHeader header) => s_names[(int)header];

    /// <summary>Which field a name stands for, whatever its case. The name must be a token (RFC 9110 section 5.6.2).</summary>
    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        if (!TryKey(name, out var first, out var last))
        {
            return KnownHeader.None;
        }

        var slot = Hash(first, last, name.Length);
        while (true)
        {
            ref readonly var entry = ref s_slots[slot];
            if (entry.First == first && entry.Last == last && entry.Length == name.Length && entry.Middle == Middle(name))
            {
                return entry.Known;
            }

            if (entry.Length == 0)
            {
                return name.Length > 8 && first == s_xAccelPrefix ? KnownHeader.XAccel : KnownHeader.None;
            }

            slot = (slot + 1) & SlotMask;
        }
    }

    /// <summary>
    /// Whether a field ends at this hop whatever Connection says (RFC 9110 section 7.6.1; HTTP2-Settings by RFC 7540 section 3.2.1).
    /// Trailer is end-to-end since trailers are passed on, and so are Proxy-Authorization and Proxy-Authenticate as in nginx:
    /// a gateway is not the proxy they speak to.
    /// </summary>
    public static bool IsHopByHop(KnownHeader header) => header is KnownHeader.Connection or KnownHeader.KeepAlive
        or KnownHeader.ProxyConnection or KnownHeader.TE or KnownHeader.TransferEncoding or KnownHeader.Upgrade or KnownHeader.Http2Settings;

    private static bool TryKey(ReadOnlySpan<byte> name, out ulong first, out ulong last)
    {
        if (name.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(name) | LowerCase;
            last = BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]) | LowerCase;
            return true;
        }

        last = 0;
        if (name.Length >= 4)
        {
            first = (BinaryPrimitives.ReadUInt32LittleEndian(name) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) << 32)) | LowerCase;
            return true;
        }

        if (name.Length >= 2)
        {
            first = (name[0] | ((ulong)name[1] << 8) | ((ulong)name[^1] << 16)) | LowerCase;
            return true;
        }

        first = 0;
        return false;
    }

    // Names longer than 16 bytes have bytes that are in neither key word; these eight cover them up to 24 bytes, longer than any known name.
    private static ulong Middle(ReadOnlySpan<byte> name) =>
        name.Length <= 16 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(name[((name.Length - 8) / 2)..]) | LowerCase;

    private static int Hash(ulong first, ulong last, int length) =>
        (int)((first ^ BitOperations.RotateLeft(last, 29) ^ (uint)length) * 0x9E3779B97F4A7C15 >> (64 - SlotBits));

    private static Entry[] MakeSlots()
    {
        var slots = new Entry[1 << SlotBits];
        for (var i = 1; i < s_names.Length; i++)
        {
            var name = s_names[i];
            if (!TryKey(name, out var first, out var last))
            {
                continue;
            }

            var slot = Hash(first, last, name.Length);
            while (slots[slot].Length != 0)
            {
                slot = (slot + 1) & SlotMask;
            }

            slots[slot] = new Entry(first, last, Middle(name), (byte)name.Length, (KnownHeader)i);
        }

        return slots;
    }

    private static byte[][] MakeNames()
    {
        var headers = Enum.GetValues<KnownHeader>();
        var names = new byte[headers.Length][];
        foreach (var header in headers)
        {
            names[(int)header] = Encoding.ASCII.GetBytes(Text(header));
        }

        return names;
    }

    private static string Text(KnownHeader header) => header switch
    {
        KnownHeader.None or KnownHeader.XAccel => "",
        KnownHeader.KeepAlive => "Keep-Alive",
        KnownHeader.ProxyConnection => "Proxy-Connection",
        KnownHeader.ProxyAuthenticate => "Proxy-Authenticate",
        KnownHeader.ProxyAuthorization => "Proxy-Authorization",
        KnownHeader.TransferEncoding => "Transfer-Encoding",
        KnownHeader.ContentLength => "Content-Length",
        KnownHeader.ContentType => "Content-Type",
        KnownHeader.ContentEncoding => "Content-Encoding",
        KnownHeader.UserAgent => "User-Agent",
        KnownHeader.SetCookie => "Set-Cookie",
        KnownHeader.XForwardedFor => "X-Forwarded-For",
        KnownHeader.XForwardedProto => "X-Forwarded-Proto",
        KnownHeader.XForwardedHost => "X-Forwarded-Host",
        KnownHeader.XForwardedPort => "X-Forwarded-Port",
        KnownHeader.XRealIP => "X-Real-IP",
        KnownHeader.XRequestId => "X-Request-ID",
        KnownHeader.LastModified => "Last-Modified",
        KnownHeader.AcceptEncoding => "Accept-Encoding",
        KnownHeader.AcceptLanguage => "Accept-Language",
        KnownHeader.CacheControl => "Cache-Control",
        KnownHeader.XPad => "X-Pad",
        KnownHeader.Http2Settings => "HTTP2-Settings",
        KnownHeader.RetryAfter => "Retry-After",
        KnownHeader.SecWebSocketKey => "Sec-WebSocket-Key",
        _ => header.ToString(),
    };

    private readonly record struct Entry(ulong First, ulong Last, ulong Middle, byte Length, KnownHeader Known);
}
