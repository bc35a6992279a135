namespace Balancer.Harness;

/// <summary>A <see cref="FactAttribute"/> that is skipped, with the reason, where node or a package of the scenarios' scripts is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresNodeAttribute : FactAttribute
{
    public RequiresNodeAttribute(params string[] packages) => Skip = NodeScript.ReasonToSkip(packages);
}
