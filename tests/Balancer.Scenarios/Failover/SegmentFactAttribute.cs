using Balancer.Failover.Linux;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>A scenario on a segment of its own; skipped, with the reason, where namespaces cannot be made or a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SegmentFactAttribute : FactAttribute
{
    public SegmentFactAttribute(params string[] names) => Skip = NamespaceFactAttribute.ReasonToSkip ?? Tools.ReasonToSkip(names);
}
