using System.Runtime.CompilerServices;

namespace Balancer.TestSupport;

/// <summary>Finds the checkout these tests were built from, and the shared test data beside it.</summary>
internal static class RepositoryFiles
{
    private static readonly string? FoundRoot = FindRoot();

    /// <summary>The root of the checkout.</summary>
    public static string Root => FoundRoot ?? throw new DirectoryNotFoundException("the checkout these tests were built from is gone");

    /// <summary>Whether the sources of the product are there.</summary>
    public static bool ArePresent => FoundRoot is not null && Directory.Exists(PathOf("src", "Balancer.Core"));

    /// <summary>A path below the root of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A path below the shared data: in BALANCER_SHARED, or in the folder <c>shared</c> beside the checkout. It need not exist.</summary>
    public static string SharedPathOf(string relative)
    {
        var shared = Environment.GetEnvironmentVariable("BALANCER_SHARED");
        return Path.Combine(string.IsNullOrEmpty(shared) ? Path.Combine(Root, "..", "shared") : shared, relative);
    }

    private static string? FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "LoadBalancer.sln")))
            {
                return folder;
            }
        }

        return null;
    }
}
