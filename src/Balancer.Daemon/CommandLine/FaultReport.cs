using Balancer.Observability.Logging;

namespace Balancer.Daemon.CommandLine;

/// <summary>Writes why a command failed, one line a reason.</summary>
/// <param name="error">Standard error.</param>
internal sealed class FaultReport(TextWriter error)
{
    // sd-daemon(3): <3> is LOG_ERR. Without it the journal takes what a unit's commands print as information.
    private readonly string _priority = JournalStream.IsStandardError() ? "<3>" : "";

    /// <summary>Writes the reasons.</summary>
    public void Write(IEnumerable<object> reasons)
    {
        foreach (var reason in reasons)
        {
            Write($"{reason}");
        }
    }

    /// <summary>Writes a reason.</summary>
    public void Write(string reason) => error.WriteLine(_priority + reason);
}
