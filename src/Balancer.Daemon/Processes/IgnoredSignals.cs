using System.Globalization;

namespace Balancer.Daemon.Processes;

/// <summary>
/// The signals this process was told to ignore by whoever started it: <c>nohup</c> does so with SIGHUP, a shell with SIGINT and SIGQUIT of what it puts in
/// the background. The runtime respects that and never calls a handler; a daemon lives by its signals, and heeds them as nginx does.
/// </summary>
internal static class IgnoredSignals
{
    private const string Status = "/proc/self/status";
    private const string Field = "SigIgn:";

    /// <summary>Sets those of the signals that are ignored back to the system's own reaction, so that a handler can take their place. Before the first registration.</summary>
    public static void Heed(params ReadOnlySpan<int> signals)
    {
        var ignored = Read();
        foreach (var signal in signals)
        {
            if ((ignored & (1UL << (signal - 1))) != 0)
            {
                NativeMethods.SetSignal(signal, NativeMethods.SignalDefault);
            }
        }
    }

    /// <summary>The mask of ignored signals; 0 where the system does not tell.</summary>
    private static ulong Read()
    {
        try
        {
            var line = File.ReadLines(Status).FirstOrDefault(static l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is not null && ulong.TryParse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc the signals stay as they are.
            return 0;
        }
    }
}
