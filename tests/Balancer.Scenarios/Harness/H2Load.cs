using System.Globalization;
using System.Text.RegularExpressions;

namespace Balancer.Harness;

/// <summary>Runs h2load: unlike wrk it sends an exact number of requests, and speaks HTTP/2.</summary>
internal static partial class H2Load
{
    private const int Batch = 10_000;

    /// <summary>Sends exactly that many requests over HTTP/1.1.</summary>
    public static Task<H2LoadResult> RunAsync(string url, int requests, int connections, params string[] fields) =>
        RunAsync(["--h1", "-t1", "-n", $"{requests}", "-c", $"{connections}", .. fields.SelectMany(f => (string[])["-H", f]), url]);

    /// <summary>Loads a URL over HTTP/2, thousands of requests after thousands, until a task is done.</summary>
    public static async Task<H2LoadResult> RunUntilAsync(Task end, string url, int connections, int streams)
    {
        var all = new H2LoadResult(0, 0, 0, 0);
        while (!end.IsCompleted)
        {
            var batch = await RunAsync(["-t1", "-n", $"{Batch}", "-c", $"{connections}", "-m", $"{streams}", url]);
            all = new H2LoadResult(all.Total + batch.Total, all.Succeeded + batch.Succeeded, all.Failures + batch.Failures, all.Status2xx + batch.Status2xx);
        }

        return all;
    }

    private static async Task<H2LoadResult> RunAsync(string[] arguments)
    {
        var (code, output) = await ChildProcess.RunAsync(Tools.Get("h2load"), arguments, limit: TimeSpan.FromSeconds(120));
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
