using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>A guard of another's that is interrupted when a connection is cut, as long as its owner is the one it was linked for.</summary>
internal sealed record LinkedGuard(IoGuard Guard, long Lease)
{
    /// <summary>Interrupts it. Any thread.</summary>
    public void Interrupt() => Guard.Interrupt(Lease);
}
