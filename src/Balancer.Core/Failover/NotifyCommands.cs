using System.ComponentModel;
using System.Diagnostics;

namespace Balancer.Failover;

/// <summary>
/// The <c>notify</c> commands. They are started from the thread pool in the order of what they tell, so that one which does not start costs
/// nobody the master role, and are not waited for, but at the end.
/// </summary>
/// <param name="onFailed">Gets a command that could not be started, and why.</param>
internal sealed class NotifyCommands(Action<string, string> onFailed)
{
    private readonly PoolQueue _queue = new();
    private readonly List<Task> _running = [];

    /// <summary>Has a command started.</summary>
    /// <param name="command">The program and its arguments, with blanks between.</param>
    /// <param name="arguments">More arguments.</param>
    public void Run(string command, string[] arguments) => _queue.Post(() => Start(command, arguments));

    /// <summary>Starts what was to be started and waits until all have ended, or time is up: those that still run are left alone.</summary>
    public async Task EndAsync(TimeSpan limit)
    {
        await _queue.EndAsync();
        try
        {
            await Task.WhenAll(_running).WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            // Nobody's address depends on it.
        }
    }

    private void Start(string command, string[] arguments)
    {
        _running.RemoveAll(static r => r.IsCompleted);
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            _running.Add(WaitAsync(Process.Start(new ProcessStartInfo(words[0], [.. words.Skip(1), .. arguments]) { UseShellExecute = false })!));
        }
        catch (Win32Exception e)
        {
            onFailed(command, e.Message);
        }
    }

    private static async Task WaitAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
        }
    }
}
