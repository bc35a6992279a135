namespace Balancer.Harness;

/// <summary>Programs of the system that scenarios need.</summary>
internal static class Tools
{
    /// <summary>The path of a program, looked for in PATH and the sbin directories; null when it is not installed.</summary>
    public static string? Find(string name)
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin", "/usr/local/sbin"]);
        return directories.Where(d => d.Length > 0).Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The path of a program.</summary>
    /// <exception cref="FileNotFoundException">It is not installed.</exception>
    public static string Get(string name) => Find(name) ?? throw new FileNotFoundException($"{name} is not installed.");

    /// <summary>Why a scenario that needs these programs cannot run; null when it can.</summary>
    public static string? ReasonToSkip(IEnumerable<string> names)
    {
        var missing = names.Where(n => Find(n) is null).ToArray();
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)} (apt-get install {string.Join(' ', missing)})";
    }
}
