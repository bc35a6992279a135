using System.Buffers;
using System.IO.Pipelines;

namespace Balancer.Http.Http1;

/// <summary>The answer to a client that speaks HTTP/2 with prior knowledge on a port that does not: an HTTP/2 one, so that it is understood.</summary>
internal static class Http2Preface
{
    /// <summary>An empty SETTINGS frame, then GOAWAY with HTTP_1_1_REQUIRED (RFC 9113 sections 3.4 and 7).</summary>
    private static ReadOnlySpan<byte> Refusal =>
    [
        0, 0, 0, 4, 0, 0, 0, 0, 0,
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0d,
    ];

    /// <summary>Writes the refusal; the caller closes the connection.</summary>
    public static async ValueTask RefuseAsync(PipeWriter output)
    {
        output.Write(Refusal);
        await output.FlushAsync();
    }
}
