using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>A client side that takes the fields of a head, and nothing else.</summary>
internal abstract class FieldTaker : Downstream
{
    public override IoGuard Guard => throw new NotSupportedException();

    public override bool IsGone => false;

    public override bool IsCut => false;

    public override bool HasResponseStarted => true;

    public override long UnflushedBytes => 0;

    public override bool IsBodyComplete => true;

    public override ReadOnlySpan<byte> RequestTrailers => default;

    public override bool TryReadBody(out BodyRead read) => throw new NotSupportedException();

    public override ValueTask<BodyRead> ReadBodyAsync(IoGuard guard, long timeout) => throw new NotSupportedException();

    public override void LinkGuard(IoGuard? guard) => throw new NotSupportedException();

    public override void ForbidPersistence() => throw new NotSupportedException();

    public override ValueTask<bool> SendInterimAsync(HttpExchange exchange) => throw new NotSupportedException();

    public override void BeginResponse(HttpExchange exchange, int status, ReadOnlySpan<byte> reason, BodyFraming framing, long contentLength) => throw new NotSupportedException();

    public override void BeginTunnel(HttpExchange exchange) => throw new NotSupportedException();

    public override void EndHead(HttpExchange exchange) => throw new NotSupportedException();

    public override void WriteBody(HttpExchange exchange, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public override void EndBody(HttpExchange exchange, ReadOnlySpan<byte> trailers) => throw new NotSupportedException();

    public override ValueTask<bool> FlushAsync(HttpExchange exchange) => throw new NotSupportedException();

    public override ValueTask<bool> FlushAsync(HttpExchange exchange, IoGuard guard) => throw new NotSupportedException();

    public override void Abort() => throw new NotSupportedException();
}
