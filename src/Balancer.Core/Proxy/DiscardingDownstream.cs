using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Proxy;

/// <summary>The client side of a request the gateway makes for itself on behalf of another: it has no body, and of the response only the status is kept.</summary>
/// <param name="client">The client whose request waits for it: when that goes away, so does this one.</param>
internal sealed class DiscardingDownstream(Downstream client) : Downstream
{
    private bool _hasStarted;

    /// <summary>The status of the response; 0 without one.</summary>
    public int Status { get; private set; }

    public override IoGuard Guard => client.Guard;

    public override bool IsGone => client.IsGone;

    public override bool IsCut => client.IsCut;

    public override bool HasResponseStarted => _hasStarted;

    public override long UnflushedBytes => 0;

    public override bool IsBodyComplete => true;

    public override ReadOnlySpan<byte> RequestTrailers => default;

    public override bool TryReadBody(out BodyRead read)
    {
        read = BodyRead.Without(BodyStatus.End);
        return true;
    }

    public override ValueTask<BodyRead> ReadBodyAsync(IoGuard guard, long timeout) => new(BodyRead.Without(BodyStatus.End));

    public override void LinkGuard(IoGuard? guard) => client.LinkGuard(guard);

    public override void ForbidPersistence()
    {
        // Nothing of it reaches the client's connection.
    }

    public override ValueTask<bool> SendInterimAsync(HttpExchange exchange) => new(true);

    public override void BeginResponse(HttpExchange exchange, int status, ReadOnlySpan<byte> reason, BodyFraming framing, long contentLength)
    {
        _hasStarted = true;
        Status = exchange.Status = status;
    }

    public override void BeginTunnel(HttpExchange exchange) => _hasStarted = true;

    public override void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // Variables read the upstream server's head.
    }

    public override void EndHead(HttpExchange exchange)
    {
        // Nothing was kept of it.
    }

    public override void WriteBody(HttpExchange exchange, ReadOnlySpan<byte> bytes)
    {
        // Nobody reads it.
    }

    public override void EndBody(HttpExchange exchange, ReadOnlySpan<byte> trailers)
    {
        // Nobody reads it.
    }

    public override ValueTask<bool> FlushAsync(HttpExchange exchange) => new(true);

    public override ValueTask<bool> FlushAsync(HttpExchange exchange, IoGuard guard) => new(true);

    public override void Abort()
    {
        // The client's connection stays: it is still to be answered.
    }
}
