using Balancer.TestSupport;

namespace Balancer.Architecture;

/// <summary>A theory about the sources; skipped where the tests run without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SourcesTheoryAttribute : TheoryAttribute
{
    public SourcesTheoryAttribute()
    {
        if (!RepositoryFiles.ArePresent)
        {
            Skip = "needs the sources these tests were built from";
        }
    }
}
