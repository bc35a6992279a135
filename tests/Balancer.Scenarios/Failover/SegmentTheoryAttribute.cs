using Balancer.Failover.Linux;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>A theory on a segment of its own; skipped, with the reason, where namespaces cannot be made or a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SegmentTheoryAttribute : TheoryAttribute
{
    public SegmentTheoryAttribute(params string[] names) => Skip = NamespaceFactAttribute.ReasonToSkip ?? Tools.ReasonToSkip(names);
}
