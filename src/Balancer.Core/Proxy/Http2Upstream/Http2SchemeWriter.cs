using System.Buffers.Binary;
using Balancer.Http.Http2;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// Says <c>:scheme: https</c> in the requests on a connection with TLS. The framework's client does so only when the TLS is its own; ours is
/// that of <c>proxy_ssl_*</c>, below its sight. Both schemes are one byte of HPACK's static table (RFC 7541 appendix A), and the client
/// writes it behind the method, so one byte of every request's HEADERS changes.
/// </summary>
internal sealed class Http2SchemeWriter
{
    private const int PrefaceLength = 24;
    private const int FrameHeadLength = 9;
    private const byte Priority = 0x20;
    private const byte Padded = 0x08;

    /// <summary>HPACK: an indexed field is its index with the first bit set.</summary>
    private const byte SchemeHttp = 0x86;
    private const byte SchemeHttps = 0x87;
    private const byte LastIndexedMethod = 0x83;
    private const byte LiteralMethod = 0x02;

    private readonly byte[] _head = new byte[FrameHeadLength];
    private int _headLength;
    private int _skip = PrefaceLength;

    /// <summary>Changes what is about to be sent, in place. How the bytes are cut does not matter between frames; the start of a HEADERS frame comes in one piece.</summary>
    /// <exception cref="InvalidDataException">A request does not begin as the framework's client writes it.</exception>
    public void Rewrite(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var skipped = Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var taken = Math.Min(FrameHeadLength - _headLength, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan(_headLength));
            _headLength += taken;
            bytes = bytes[taken..];
            if (_headLength < FrameHeadLength)
            {
                return;
            }

            _headLength = 0;
            _skip = BinaryPrimitives.ReadInt32BigEndian(_head) >>> 8;
            if (_head[3] == (byte)Http2FrameType.Headers)
            {
                RewriteScheme(bytes);
            }
        }
    }

    private void RewriteScheme(Span<byte> payload)
    {
        var index = MethodLength(payload);
        if ((_head[4] & (Priority | Padded)) != 0 || index >= payload.Length || payload[index] is not (SchemeHttp or SchemeHttps))
        {
            throw new InvalidDataException("a request to an HTTP/2 server does not begin with its method and scheme");
        }

        payload[index] = SchemeHttps;
    }

    private static int MethodLength(Span<byte> block) => block switch
    {
        [>= LastIndexedMethod - 1 and <= LastIndexedMethod, ..] => 1,
        [LiteralMethod, < 0x7F, ..] => 2 + block[1],
        _ => int.MaxValue,
    };
}
