using Balancer.Infrastructure;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>Closes idle upstream connections that timed out or were closed by their server, about once a second.</summary>
internal sealed class IdleSweep : IDisposable
{
    private const long PeriodMilliseconds = 1000;

    private readonly Heartbeat _heartbeat;
    private readonly Func<IReadOnlyList<Upstream>> _upstreams;
    private readonly IDisposable _registration;
    private long _next;

    public IdleSweep(Heartbeat heartbeat, Func<IReadOnlyList<Upstream>> upstreams)
    {
        _heartbeat = heartbeat;
        _upstreams = upstreams;
        _registration = heartbeat.Register(OnBeat);
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    private void OnBeat()
    {
        var now = _heartbeat.Clock.Milliseconds;
        if (now < _next)
        {
            return;
        }

        _next = now + PeriodMilliseconds;
        foreach (var upstream in _upstreams())
        {
            upstream.State.IdleConnections.Sweep();
        }
    }
}
