using Microsoft.Extensions.Logging;

namespace Balancer.Failover;

/// <summary>Takes what the heartbeat has to tell, and tells it from the thread pool: a log that cannot be written must not cost the master role.</summary>
internal sealed partial class FailoverLog(ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ILogger _log = loggers.CreateLogger<FailoverLog>();
    private readonly PoolQueue _queue = new();

    public void Transition(string instance, VrrpState from, VrrpState to, VrrpReason reason, int priority) =>
        _queue.Post(() => LogTransition(instance, from, to, reason, priority));

    public void Fault(string instance, string fault) => _queue.Post(() => LogFault(instance, fault));

    public void Track(string instance, string what, bool works, int priority) => _queue.Post(() => LogTrack(instance, what, works ? "works" : "fails", priority));

    public void Dropped(string instance, VrrpDrop reason, NetworkAddress source) => _queue.Post(() => LogDropped(instance, source.ToString(), reason));

    public void AddressFailed(string instance, string what, string error) => _queue.Post(() => LogAddressFailed(instance, what, error));

    public void AddressForeign(string instance, string address) => _queue.Post(() => LogAddressForeign(instance, address));

    public void AddressRemoved(string instance, string address) => _queue.Post(() => LogAddressRemoved(instance, address));

    public void RouteFailed(string instance, string what, string error) => _queue.Post(() => LogRouteFailed(instance, what, error));

    public void SendFailed(string instance, string error) => _queue.Post(() => LogSendFailed(instance, error));

    public void Started(string scheduling) => _queue.Post(() => LogStarted(scheduling));

    public void LeftBehind(string what) => _queue.Post(() => LogLeftBehind(what));

    public void LedgerFailed(string error) => _queue.Post(() => LogLedgerFailed(error));

    public void NotifyFailed(string command, string error) => _queue.Post(() => LogNotifyFailed(command, error));

    public void Error(Exception error) => _queue.Post(() => LogError(error));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_queue.EndAsync());

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
