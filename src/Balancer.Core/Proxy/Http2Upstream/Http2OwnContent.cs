using System.Net;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>A body that the gateway gives in place of the client's; empty for none. Its length, if told, is among the fields.</summary>
internal sealed class Http2OwnContent(byte[] body) : HttpContent
{
    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(body, cancellationToken).AsTask();
}
