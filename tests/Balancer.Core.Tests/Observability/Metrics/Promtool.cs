using System.Diagnostics;

namespace Balancer.Observability.Metrics;

/// <summary>Runs <c>promtool check metrics</c>, of the package prometheus.</summary>
internal static class Promtool
{
    private static readonly string? Path = Environment.GetEnvironmentVariable("PATH")?
        .Split(':')
        .Select(directory => System.IO.Path.Combine(directory, "promtool"))
        .FirstOrDefault(File.Exists);

    public static bool IsInstalled => Path is not null;

    public static (int ExitCode, string Output) CheckMetrics(string text)
    {
        using var process = Process.Start(new ProcessStartInfo(Path!, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }
}
