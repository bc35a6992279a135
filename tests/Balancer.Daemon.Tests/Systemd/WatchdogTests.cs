using System.Globalization;
using System.Net.Sockets;
using Balancer.Infrastructure;

namespace Balancer.Daemon.Systemd;

public sealed class WatchdogTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly FakeTimeProvider _time = new();

    public WatchdogTests() => _manager.Bind(new UnixDomainSocketEndPoint(_directory["notify"]));

    public void Dispose()
    {
        _manager.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Is_fed_at_half_the_interval_while_the_heartbeat_goes_on()
    {
        var beats = 0L;
        using var notifier = new ServiceNotifier(_directory["notify"], MonotonicClock.Microseconds);
        using var watchdog = new Watchdog(TimeSpan.FromSeconds(10), () => beats, notifier, _time);

        beats++;
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, Received());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, Received());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, Received());
        beats++;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Received());
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "me", 30.0)]
    [InlineData("30000000", "1", null)]
    public void Interval_is_the_one_meant_for_this_process(string? microseconds, string? process, double? seconds)
    {
        var variables = new Dictionary<string, string?>
        {
            ["WATCHDOG_USEC"] = microseconds,
            ["WATCHDOG_PID"] = process == "me" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process,
        };

        Assert.Equal(seconds, Watchdog.IntervalFromEnvironment(variables.GetValueOrDefault)?.TotalSeconds);
    }

    private int Received()
    {
        var count = 0;
        var bytes = new byte[64];
        while (_manager.Available > 0)
        {
            Assert.Equal("WATCHDOG=1\n", System.Text.Encoding.UTF8.GetString(bytes, 0, _manager.Receive(bytes)));
            count++;
        }

        return count;
    }
}
