using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Balancer.Failover;

/// <summary>
/// Takes what the heartbeat has to tell, and tells it from the thread pool: a log that cannot be written, or a script that does not start,
/// must not cost the master role. When more waits than fits, what is new is dropped.
/// </summary>
internal sealed partial class FailoverLog : IAsyncDisposable
{
    private const int Capacity = 1000;

    /// <summary>How long commands that still run may take at a stop: systemd kills what is left in the unit when the daemon has ended.</summary>
    private static readonly TimeSpan CommandsEnd = TimeSpan.FromSeconds(5);

    private readonly ILogger _log;
    private readonly Channel<Action> _waiting = Channel.CreateBounded<Action>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly NotifyCommands _commands;
    private readonly Task _telling;

    public FailoverLog(ILoggerFactory loggers)
    {
        _log = loggers.CreateLogger<FailoverLog>();
        _commands = new NotifyCommands(LogNotifyFailed);
        _telling = Task.Run(TellAsync);
    }

    /// <summary>Has something done from the thread pool, in order.</summary>
    public void Post(Action action) => _waiting.Writer.TryWrite(action);

    /// <summary>Has a command started, in order.</summary>
    public void Run(string command, string[] arguments) => Post(() => _commands.Start(command, arguments));

    public void Transition(string instance, VrrpState from, VrrpState to, VrrpReason reason, int priority) =>
        Post(() => LogTransition(instance, from, to, reason, priority));

    public void Fault(string instance, string fault) => Post(() => LogFault(instance, fault));

    public void Track(string instance, string what, bool works, int priority) => Post(() => LogTrack(instance, what, works ? "works" : "fails", priority));

    public void Dropped(string instance, VrrpDrop reason, NetworkAddress source) => Post(() => LogDropped(instance, source.ToString(), reason));

    public void AddressFailed(string instance, string what, string error) => Post(() => LogAddressFailed(instance, what, error));

    public void AddressForeign(string instance, string address) => Post(() => LogAddressForeign(instance, address));

    public void AddressRemoved(string instance, string address) => Post(() => LogAddressRemoved(instance, address));

    public void RouteFailed(string instance, string what, string error) => Post(() => LogRouteFailed(instance, what, error));

    public void SendFailed(string instance, string error) => Post(() => LogSendFailed(instance, error));

    public void Started(string scheduling) => Post(() => LogStarted(scheduling));

    public void LeftBehind(string what) => Post(() => LogLeftBehind(what));

    public void LedgerFailed(string error) => Post(() => LogLedgerFailed(error));

    public void NotifyFailed(string command, string error) => Post(() => LogNotifyFailed(command, error));

    public void Error(Exception error) => Post(() => LogError(error));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _telling;
        await _commands.EndAsync(CommandsEnd);
    }

    private async Task TellAsync()
    {
        await foreach (var action in _waiting.Reader.ReadAllAsync())
        {
            action();
        }
    }

    [LoggerMessage(EventId = 7001, EventName = "vrrp-transition", Level = LogLevel.Warning, Message = "a virtual router changed its state: instance={Instance} from={From} to={To} reason={Reason} priority={Priority}")]
    private partial void LogTransition(string instance, VrrpState from, VrrpState to, VrrpReason reason, int priority);

    [LoggerMessage(EventId = 7002, EventName = "vrrp-fault", Level = LogLevel.Error, Message = "a virtual router cannot be master: instance={Instance} fault={Fault}")]
    private partial void LogFault(string instance, string fault);

    [LoggerMessage(EventId = 7003, EventName = "vrrp-track", Level = LogLevel.Warning, Message = "what a virtual router depends on has changed: instance={Instance} what={What} state={State} priority={Priority}")]
    private partial void LogTrack(string instance, string what, string state, int priority);

    [LoggerMessage(EventId = 7004, EventName = "vrrp-packet-dropped", Level = LogLevel.Warning, Message = "an advertisement was not heeded: instance={Instance} source={Source} reason={Reason}")]
    private partial void LogDropped(string instance, string source, VrrpDrop reason);

    [LoggerMessage(EventId = 7005, EventName = "vrrp-address-failed", Level = LogLevel.Error, Message = "an address could not be changed: instance={Instance} what={What} error={Error}")]
    private partial void LogAddressFailed(string instance, string what, string error);

    [LoggerMessage(EventId = 7006, EventName = "vrrp-address-foreign", Level = LogLevel.Warning, Message = "an address was there already, and is left to whom added it: instance={Instance} address={Address}")]
    private partial void LogAddressForeign(string instance, string address);

    [LoggerMessage(EventId = 7007, EventName = "vrrp-send-failed", Level = LogLevel.Warning, Message = "an advertisement could not be sent: instance={Instance} error={Error}")]
    private partial void LogSendFailed(string instance, string error);

    [LoggerMessage(EventId = 7008, EventName = "vrrp-started", Level = LogLevel.Information, Message = "the heartbeat of the virtual addresses runs: scheduling={Scheduling}")]
    private partial void LogStarted(string scheduling);

    [LoggerMessage(EventId = 7009, EventName = "vrrp-left-behind", Level = LogLevel.Warning, Message = "a former run had left something behind: {What}")]
    private partial void LogLeftBehind(string what);

    [LoggerMessage(EventId = 7010, EventName = "vrrp-notify-failed", Level = LogLevel.Error, Message = "a command could not be run: command={Command} error={Error}")]
    private partial void LogNotifyFailed(string command, string error);

    [LoggerMessage(EventId = 7012, EventName = "vrrp-ledger-failed", Level = LogLevel.Error, Message = "the record of added addresses could not be written: error={Error}")]
    private partial void LogLedgerFailed(string error);

    [LoggerMessage(EventId = 7013, EventName = "vrrp-address-removed", Level = LogLevel.Warning, Message = "another has removed an address of the master, which is added again: instance={Instance} address={Address}")]
    private partial void LogAddressRemoved(string instance, string address);

    [LoggerMessage(EventId = 7014, EventName = "vrrp-route-failed", Level = LogLevel.Error, Message = "a route could not be changed: instance={Instance} what={What} error={Error}")]
    private partial void LogRouteFailed(string instance, string what, string error);

    [LoggerMessage(EventId = 7011, EventName = "vrrp-error", Level = LogLevel.Error, Message = "the heartbeat of the virtual addresses met an error of the gateway")]
    private partial void LogError(Exception error);
}
