namespace Balancer.Observability.Logging;

/// <summary>Finds out whether standard error goes to the systemd journal.</summary>
internal static class JournalStream
{
    /// <summary>Whether it does: JOURNAL_STREAM names the device and inode the journal gave us; a child with another standard error inherits the variable too, so the inode is compared.</summary>
    public static bool IsStandardError()
    {
        var target = File.ResolveLinkTarget("/proc/self/fd/2", returnFinalTarget: false)?.Name;
        return Matches(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), target);
    }

    /// <summary>Whether <c>device:inode</c> is the socket of a link such as <c>socket:[inode]</c>.</summary>
    public static bool Matches(string? journalStream, string? link)
    {
        var colon = journalStream?.IndexOf(':') ?? -1;
        return colon >= 0 && link == $"socket:[{journalStream![(colon + 1)..]}]";
    }
}
