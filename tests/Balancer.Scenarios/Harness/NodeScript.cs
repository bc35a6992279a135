namespace Balancer.Harness;

/// <summary>Runs the scripts in <c>Node/</c>.</summary>
internal static class NodeScript
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Balancer.Scenarios", "Node");

    /// <summary>Why a scenario that needs these packages of npm cannot run; null when it can.</summary>
    public static string? ReasonToSkip(string[] packages) =>
        Tools.ReasonToSkip(["node"])
        ?? (packages.All(p => Directory.Exists(Path.Combine(Folder, "node_modules", p))) ? null : $"needs {string.Join(", ", packages)} (npm ci in tests/Balancer.Scenarios/Node)");

    /// <summary>Starts a script.</summary>
    public static ChildProcess Start(string name, params string[] arguments) => ChildProcess.Start(Tools.Get("node"), [Path.Combine(Folder, name), .. arguments], directory: Folder);

    /// <summary>Starts a script that serves, and waits for the port it prints.</summary>
    public static async Task<(ChildProcess Process, int Port)> StartServerAsync(string name, params string[] arguments)
    {
        var process = Start(name, arguments);
        try
        {
            return (process, int.Parse(await process.WaitForLineAsync(_ => true)));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a script that checks something by itself, and asserts that it found it right.</summary>
    public static async Task AssertOkAsync(string name, params string[] arguments)
    {
        await using var script = Start(name, arguments);
        var code = await Deadline.WaitAsync(script.Exited, () => $"{name} ends; its output:\n{script.Output}", TimeSpan.FromSeconds(60));
        Assert.True(code == 0 && script.Lines is [.., "ok"], $"{name} ended with {code}:\n{script.Output}");
    }
}
