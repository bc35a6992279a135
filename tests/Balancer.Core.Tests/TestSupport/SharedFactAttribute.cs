namespace Balancer.TestSupport;

/// <summary>A test that needs files of the shared test data and is skipped where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string relative)
    {
        Relative = relative;
        var path = RepositoryFiles.SharedPathOf(relative);
        if (!Path.Exists(path))
        {
            Skip = $"{path} does not exist; set BALANCER_SHARED to the folder that holds {relative}";
        }
    }

    /// <summary>What is needed, relative to the shared data.</summary>
    public string Relative { get; }
}
