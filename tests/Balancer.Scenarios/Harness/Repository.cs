namespace Balancer.Harness;

/// <summary>Files of the repository the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The directory of what is shared with other projects: BALANCER_SHARED, or <c>shared</c> beside the checkout. It need not exist.</summary>
    public static string Shared { get; } = Environment.GetEnvironmentVariable("BALANCER_SHARED") is { Length: > 0 } shared ? shared : Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "LoadBalancer.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("LoadBalancer.sln is in no directory above the tests.");
    }
}
