using System.Buffers.Text;
using System.Security.Cryptography;

namespace Balancer.Http;

/// <summary>
/// The part of the WebSocket handshake (RFC 6455 section 4) that the gateway takes over for a client whose version has none of it
/// (RFC 8441 section 5): a key of its own, and the check that the server has understood it.
/// </summary>
internal static class WebSocketHandshake
{
    /// <summary>The field with the key.</summary>
    public static ReadOnlySpan<byte> KeyField => "Sec-WebSocket-Key"u8;

    /// <summary>The field that proves that the server has read the key.</summary>
    public static ReadOnlySpan<byte> AcceptField => "Sec-WebSocket-Accept"u8;

    /// <summary>Bytes of a key: 16 random ones in Base64.</summary>
    public const int KeyLength = 24;

    private const int AcceptLength = 28;

    /// <summary>Makes a key.</summary>
    /// <param name="key">Takes it: <see cref="KeyLength"/> bytes.</param>
    public static void MakeKey(Span<byte> key)
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        Base64.EncodeToUtf8(nonce, key, out _, out _);
    }

    /// <summary>Whether a server that was given the key answers with this field.</summary>
    public static bool IsAccepted(ReadOnlySpan<byte> key, ReadOnlySpan<byte> accept)
    {
        var guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> text = stackalloc byte[KeyLength + guid.Length];
        key.CopyTo(text);
        guid.CopyTo(text[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 wants SHA-1, for no secret.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        Span<byte> expected = stackalloc byte[AcceptLength];
        Base64.EncodeToUtf8(hash, expected, out _, out _);
        return accept.SequenceEqual(expected);
    }
}
