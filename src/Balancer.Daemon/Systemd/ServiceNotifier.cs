using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Daemon.Systemd;

/// <summary>
/// Tells the service manager how the daemon is: sd_notify(3), without the library. Does nothing when <c>NOTIFY_SOCKET</c> is not set.
/// A message that cannot be sent is dropped: the manager notices a missing one by its own timeouts.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;
    private readonly Func<long> _monotonicMicroseconds;

    /// <param name="address">The value of <c>NOTIFY_SOCKET</c>: a path, or <c>@name</c> in the abstract namespace; null or empty for none.</param>
    /// <param name="monotonicMicroseconds">CLOCK_MONOTONIC.</param>
    public ServiceNotifier(string? address, Func<long> monotonicMicroseconds)
    {
        _monotonicMicroseconds = monotonicMicroseconds;
        if (address is ['/' or '@', ..])
        {
            _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        }
    }

    /// <summary>Whether a service manager listens.</summary>
    public bool IsEnabled => _socket is not null;

    /// <summary>A notifier as the environment asks.</summary>
    public static ServiceNotifier FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), MonotonicClock.Microseconds);

    /// <summary>The daemon serves; also the end of a reload.</summary>
    public void Ready(string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"READY=1\nMAINPID={Environment.ProcessId}\nSTATUS={OneLine(status)}\n"));

    /// <summary>A reload has begun; <see cref="Ready"/> ends it.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={_monotonicMicroseconds()}\nSTATUS=Reloading the configuration\n"));

    /// <summary>The daemon has begun to stop, and asks for the time it needs whatever the unit's own limit is.</summary>
    public void Stopping(string status, TimeSpan atMost) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)atMost.TotalMicroseconds}\nSTATUS={OneLine(status)}\n"));

    /// <summary>A sign of life for the manager's watchdog.</summary>
    public void Watchdog() => Send("WATCHDOG=1\n");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null || _manager is null)
        {
            return;
        }

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager);
        }
        catch (SocketException)
        {
            // The manager is restarting or its queue is full: as sd_notify(3) advises, its answer is not waited for and its absence is no error.
        }
    }
}
