using System.Globalization;
using System.Text.RegularExpressions;

namespace Balancer.Harness;

/// <summary>Runs h2load with HTTP/1.1: unlike wrk it sends an exact number of requests.</summary>
internal static partial class H2Load
{
    /// <summary>Sends exactly that many requests.</summary>
    public static async Task<H2LoadResult> RunAsync(string url, int requests, int connections, params string[] fields)
    {
        var (code, output) = await ChildProcess.RunAsync(
            Tools.Get("h2load"),
            ["--h1", "-t1", "-n", $"{requests}", "-c", $"{connections}", .. fields.SelectMany(f => (string[])["-H", f]), url],
            limit: TimeSpan.FromSeconds(120));
        var counts = Counts().Match(output);
        var codes = Codes().Match(output);
        Assert.True(code == 0 && counts.Success && codes.Success, output);
        return new H2LoadResult(
            Number(counts, 1), Number(counts, 2), Number(counts, 3) + Number(counts, 4) + Number(counts, 5), Number(codes, 1));
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"requests: (\d+) total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout")]
    private static partial Regex Counts();

    [GeneratedRegex(@"status codes: (\d+) 2xx")]
    private static partial Regex Codes();
}
