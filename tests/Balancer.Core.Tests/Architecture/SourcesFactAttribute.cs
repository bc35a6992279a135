using Balancer.TestSupport;

namespace Balancer.Architecture;

/// <summary>A test about the sources; skipped where the tests run without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SourcesFactAttribute : FactAttribute
{
    public SourcesFactAttribute()
    {
        if (!RepositoryFiles.ArePresent)
        {
            Skip = "needs the sources these tests were built from";
        }
    }
}
