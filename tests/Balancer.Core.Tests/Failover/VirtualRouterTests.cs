using Balancer.Failover.Linux;
using Balancer.TestSupport;

namespace Balancer.Failover;

/// <summary>What a virtual router needs whose eth0 is that of a namespace; without namespaces there is no network.</summary>
public abstract class VirtualRouterTests : IAsyncLifetime
{
    private readonly LogCapture _lines = new();
    private readonly FailoverLog _log;
    private readonly NotifyCommands _commands;
    private readonly FailoverThread _thread = new(new NoDeadlines(), error => Assert.Fail(error.ToString()));
    private AddressLedger? _ledger;
    private TestNetwork? _network;
    private Netlink? _netlink;

    protected VirtualRouterTests()
    {
        _log = new FailoverLog(_lines);
        _commands = new NotifyCommands(_log.NotifyFailed);
    }

    private protected TestNetwork Network => _network!;

    private protected AddressLedger Ledger => _ledger!;

    private protected LinkTable Links { get; } = new();

    public Task InitializeAsync()
    {
        if (NamespaceFactAttribute.ReasonToSkip is null)
        {
            _network = new TestNetwork();
            _netlink = _network.NetlinkOfA();
        }

        Assert.True(AddressLedger.TryOpen(null, out _ledger, out _));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _thread.Dispose();
        _netlink?.Dispose();
        _network?.Dispose();
        _ledger?.Dispose();
        await _commands.EndAsync(TimeSpan.FromMinutes(1));
        await _log.DisposeAsync();
    }

    /// <summary>What the virtual routers of the gateway share.</summary>
    private protected FailoverServices Services()
    {
        var owned = new OwnedAddresses(_netlink!, Ledger, error => Assert.Fail(error));
        return new FailoverServices(_thread, _netlink!, Links, null!, owned, _log, _commands, TimeProvider.System);
    }

    /// <summary>An interface of the namespace.</summary>
    private protected LinkInfo Link(string name)
    {
        Assert.Equal(Errno.None, _netlink!.GetLink(name, out var link));
        return link!;
    }

    /// <summary>Ends the log and compares its lines.</summary>
    protected async Task AssertLoggedAsync(params string[] lines)
    {
        await _log.DisposeAsync();
        Assert.Equal(lines, _lines.Lines);
    }

    private sealed class NoDeadlines : IDeadlines
    {
        public long Next => long.MaxValue;

        public void Expire(long now) => Assert.Fail("There are none.");
    }
}
