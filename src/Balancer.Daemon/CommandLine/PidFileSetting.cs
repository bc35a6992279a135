using System.Text.RegularExpressions;

namespace Balancer.Daemon.CommandLine;

/// <summary>Finds the <c>pid</c> of a configuration that is too broken to be read as one.</summary>
internal static partial class PidFileSetting
{
    /// <summary>The value of the first <c>pid = "..."</c> before any table; null when there is none.</summary>
    public static string? Find(string file)
    {
        try
        {
            return File.Exists(file) ? FindIn(File.ReadLines(file)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why it cannot be read is among the errors of the configuration.
            return null;
        }
    }

    private static string? FindIn(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.AsSpan().TrimStart().StartsWith("["))
            {
                return null;
            }

            if (Setting().Match(line) is { Success: true } match)
            {
                return match.Groups["path"].Value;
            }
        }

        return null;
    }

    [GeneratedRegex("""^\s*pid\s*=\s*(?<quote>["'])(?<path>[^"'\\]+)\k<quote>""")]
    private static partial Regex Setting();
}
