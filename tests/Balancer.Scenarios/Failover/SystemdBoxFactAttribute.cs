using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>A scenario on gateways with a systemd of their own; skipped, with the reason, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdBoxFactAttribute : FactAttribute
{
    public SystemdBoxFactAttribute() => Skip = NamespaceFactAttribute.ReasonToSkip ?? SystemdBox.ReasonToSkip;
}
