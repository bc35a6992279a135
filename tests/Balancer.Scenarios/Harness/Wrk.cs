using System.Globalization;

namespace Balancer.Harness;

/// <summary>Runs wrk.</summary>
internal static class Wrk
{
    private const string Script = """
        local fields = os.getenv("WRK_FIELDS") or ""
        wrk.method = os.getenv("WRK_METHOD") or "GET"
        for name, value in string.gmatch(fields, "([^:\n]+): ([^\n]*)\n") do wrk.headers[name] = value end
        local body = os.getenv("WRK_BODY")
        if body then wrk.body = body end
        function done(summary, latency, requests)
          local e = summary.errors
          io.write(string.format("RESULT %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
            e.status, e.connect, e.read, e.write, e.timeout, latency:percentile(50), latency:percentile(99)))
        end
        """;

    /// <summary>Longest load that is ended by the scenario.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Loads a URL for a time.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="connections">Connections kept busy.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="fields">Further fields, <c>Name: value</c> each.</param>
    public static Task<WrkResult> RunAsync(string url, int connections, TimeSpan duration, params string[] fields) =>
        RunAsync(url, connections, duration, Task.Delay(Timeout.Infinite), fields);

    /// <summary>Loads a URL until a task is done, however long that takes on a busy machine.</summary>
    public static Task<WrkResult> RunUntilAsync(Task end, string url, int connections, params string[] fields) => RunAsync(url, connections, Longest, end, fields);

    private static async Task<WrkResult> RunAsync(string url, int connections, TimeSpan duration, Task end, string[] fields)
    {
        using var directory = new TempDirectory();
        await using var wrk = ChildProcess.Start(
            Tools.Get("wrk"),
            ["-t1", $"-c{connections}", $"-d{Math.Ceiling(duration.TotalSeconds)}s", "--timeout", "15s", "--latency", "-s", directory.Write("wrk.lua", Script), url],
            new Dictionary<string, string> { ["WRK_FIELDS"] = string.Concat(fields.Select(f => f + "\n")) });
        if (await Deadline.WaitAsync(Task.WhenAny(end, wrk.Exited), () => $"wrk ends by itself; its output:\n{wrk.Output}", duration + Deadline.Default) == end)
        {
            wrk.Signal(UnixSignal.Int);
        }

        await Deadline.WaitAsync(wrk.Exited, () => $"wrk ends; its output:\n{wrk.Output}");
        var line = wrk.Lines.FirstOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"wrk failed:\n{wrk.Output}");
        var n = line.Split(' ').Skip(1).Select(v => long.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        return new WrkResult
        {
            Requests = n[0],
            Duration = TimeSpan.FromMicroseconds(n[1]),
            ErrorStatuses = n[2],
            ConnectErrors = n[3],
            ReadErrors = n[4],
            WriteErrors = n[5],
            Timeouts = n[6],
            Median = TimeSpan.FromMicroseconds(n[7]),
            Percentile99 = TimeSpan.FromMicroseconds(n[8]),
        };
    }
}
