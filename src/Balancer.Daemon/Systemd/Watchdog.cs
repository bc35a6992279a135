using System.Globalization;

namespace Balancer.Daemon.Systemd;

/// <summary>
/// Feeds the service manager's watchdog at half its interval, but only while the heartbeat of the data path goes on:
/// a daemon whose data path hangs is restarted although its other threads live.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private readonly ServiceNotifier _notifier;
    private readonly Func<long> _heartbeat;
    private readonly ITimer _timer;
    private long _lastSeen;

    /// <param name="interval">The manager's interval; a sign of life is due within it.</param>
    /// <param name="heartbeat">A number that moves while the data path is alive.</param>
    /// <param name="notifier">Where the signs of life go.</param>
    /// <param name="time">The clock.</param>
    public Watchdog(TimeSpan interval, Func<long> heartbeat, ServiceNotifier notifier, TimeProvider time)
    {
        _notifier = notifier;
        _heartbeat = heartbeat;
        _lastSeen = heartbeat();
        _timer = time.CreateTimer(static self => ((Watchdog)self!).Feed(), this, interval / 2, interval / 2);
    }

    /// <summary>The interval the manager set for this process (<c>WATCHDOG_USEC</c>, <c>WATCHDOG_PID</c>); null when it set none.</summary>
    public static TimeSpan? IntervalFromEnvironment(Func<string, string?> variable)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds == 0)
        {
            return null;
        }

        var process = variable("WATCHDOG_PID");
        return string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Feed()
    {
        var seen = _heartbeat();
        if (seen != _lastSeen)
        {
            _lastSeen = seen;
            _notifier.Watchdog();
        }
    }
}
