namespace Balancer.Harness;

/// <summary>A <see cref="TheoryAttribute"/> that is skipped, with the reason, where a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresToolTheoryAttribute : TheoryAttribute
{
    public RequiresToolTheoryAttribute(params string[] names) => Skip = Tools.ReasonToSkip(names);
}
