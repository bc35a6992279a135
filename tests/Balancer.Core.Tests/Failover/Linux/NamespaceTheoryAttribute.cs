namespace Balancer.Failover.Linux;

/// <summary>A theory that makes network namespaces; skipped, with the reason, where that is not possible.</summary>
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute() => Skip = NamespaceFactAttribute.ReasonToSkip;
}
