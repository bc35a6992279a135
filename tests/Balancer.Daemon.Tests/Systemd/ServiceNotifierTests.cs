using System.Net.Sockets;
using System.Text;

namespace Balancer.Daemon.Systemd;

public sealed class ServiceNotifierTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };

    public void Dispose()
    {
        _manager.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Messages_are_those_of_the_protocol()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_directory["notify"]));
        using var notifier = new ServiceNotifier(_directory["notify"], () => 123_456_789);

        notifier.Ready("Serving\n a.toml");
        Assert.Equal($"READY=1\nMAINPID={Environment.ProcessId}\nSTATUS=Serving  a.toml\n", Receive());
        notifier.Reloading();
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=123456789\nSTATUS=Reloading the configuration\n", Receive());
        notifier.Watchdog();
        Assert.Equal("WATCHDOG=1\n", Receive());
        notifier.Stopping("Finishing", TimeSpan.FromSeconds(40));
        Assert.Equal("STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000\nSTATUS=Finishing\n", Receive());
    }

    [Fact]
    public void At_sign_means_the_abstract_namespace()
    {
        var name = $"bal-{Guid.NewGuid():N}";
        _manager.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using var notifier = new ServiceNotifier("@" + name, MonotonicClock.Microseconds);

        notifier.Watchdog();

        Assert.Equal("WATCHDOG=1\n", Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    public void Does_nothing_without_a_socket(string? address)
    {
        using var notifier = new ServiceNotifier(address, MonotonicClock.Microseconds);

        Assert.False(notifier.IsEnabled);
        notifier.Ready("Serving");
    }

    [Fact]
    public void Absent_manager_is_no_error()
    {
        using var notifier = new ServiceNotifier(_directory["nobody"], MonotonicClock.Microseconds);

        Assert.True(notifier.IsEnabled);
        notifier.Ready("Serving");
    }

    [Fact]
    public void Monotonic_clock_is_the_system_one()
    {
        // /proc/uptime counts from boot like CLOCK_BOOTTIME, which is CLOCK_MONOTONIC plus the time spent suspended.
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

        Assert.InRange(MonotonicClock.Microseconds(), 1, (long)((uptime + 60) * 1e6));
    }

    private string Receive()
    {
        var bytes = new byte[1024];
        return Encoding.UTF8.GetString(bytes, 0, _manager.Receive(bytes));
    }
}
