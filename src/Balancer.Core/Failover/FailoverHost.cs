using Balancer.Configuration;
using Balancer.Failover.Linux;
using Balancer.Observability.Metrics;
using Microsoft.Extensions.Logging;

namespace Balancer.Failover;

/// <summary>
/// All virtual routers of the gateway. What an operator or the gateway asks comes from any thread and is done on the thread of the
/// heartbeat, which is started with the first instance.
/// </summary>
internal sealed class FailoverHost : IDeadlines, ILinkEvents, IReadable, IAsyncDisposable
{
    /// <summary>How long commands that still run may take at a stop: systemd kills what is left in the unit when the daemon has ended.</summary>
    private static readonly TimeSpan CommandsEnd = TimeSpan.FromSeconds(5);

    private readonly FailoverLog _log;
    private readonly NotifyCommands _commands;
    private readonly TimeProvider _time;
    private readonly string? _ledgerPath;
    private readonly IFailoverHealth _health;
    private readonly DataPathWatch _watch = new();
    private readonly TrackPoller _poller;
    private readonly List<VrrpInstance> _leaving = [];
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private VrrpGroup[] _groups = [];
    private ScriptRunner[] _scripts = [];
    private FailoverServices? _services;
    private LinkMonitor? _links;
    private AddressLedger? _ledger;
    private volatile VrrpInstance[] _instances = [];
    private long _nextLook = long.MaxValue;
    private bool _isStopping;

    /// <param name="ledgerPath">Where it is noted what was added to the system; null where there is no directory for it.</param>
    /// <param name="health">What can be asked of the gateway.</param>
    /// <param name="loggers">The error log.</param>
    /// <param name="time">The wall clock.</param>
    public FailoverHost(string? ledgerPath, IFailoverHealth health, ILoggerFactory loggers, TimeProvider time)
    {
        _ledgerPath = ledgerPath;
        _time = time;
        _log = new FailoverLog(loggers);
        _commands = new NotifyCommands(_log.NotifyFailed);
        _health = health;
        _poller = new TrackPoller(Note, health, time);
        Metrics = new VrrpMetrics(() => _instances);
    }

    /// <summary>The metrics of all instances.</summary>
    public IMetricsSource Metrics { get; }

    /// <summary>What the instances are.</summary>
    public IReadOnlyList<VrrpStatus> Status => [.. _instances.Select(static instance => instance.Status)];

    /// <inheritdoc/>
    public long Next
    {
        get
        {
            var next = _nextLook;
            foreach (var instance in _instances)
            {
                next = Math.Min(next, instance.NextDeadline);
            }

            foreach (var instance in _leaving)
            {
                next = Math.Min(next, instance.NextDeadline);
            }

            return next;
        }
    }

    /// <inheritdoc/>
    public int Handle => _links!.Handle;

    /// <summary>Gets what a configuration needs of the system.</summary>
    /// <returns>What cannot be had.</returns>
    public IReadOnlyList<ConfigError> Prepare(GatewayConfig config)
    {
        if (_services is not null || config.VrrpInstances is not [var first, ..])
        {
            return [];
        }

        return Open() is { } error ? [new ConfigError(first.Location, $"vrrp_instance {first.Name}: {error}")] : [];
    }

    /// <summary>Goes by a configuration that was prepared: instances that stay keep their state.</summary>
    public async Task ApplyAsync(GatewayConfig config)
    {
        if (_services is null)
        {
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _services.Thread.Post(() =>
        {
            try
            {
                Apply(config);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
                throw;
            }
        });
        await done.Task;
        _poller.Configure(config.VrrpInstances);
        await ConfigureScriptsAsync(config);
    }

    /// <summary>Gives all addresses up, and returns when their successors were heard, or none was in time: requests come here until then.</summary>
    public async Task HandOverAsync()
    {
        if (_services is null)
        {
            return;
        }

        _services.Thread.Post(() =>
        {
            _isStopping = true;
            _nextLook = long.MaxValue;
            _leaving.AddRange(_instances);
            _instances = [];
            foreach (var instance in _leaving)
            {
                instance.Group = [];
                instance.Router.Stop(FailoverThread.Now);
            }

            EndLeaving();
        });
        await _left.Task;
    }

    /// <inheritdoc/>
    public void Expire(long now)
    {
        if (_nextLook <= now)
        {
            _nextLook = now + DataPathWatch.Period;
            _watch.Look(now, _health.Answers);
            foreach (var instance in _instances)
            {
                instance.Judge(_watch, now);
            }
        }

        foreach (var instance in _instances)
        {
            if (instance.NextDeadline <= now)
            {
                instance.Expire(now);
            }
        }

        foreach (var instance in _leaving)
        {
            if (instance.NextDeadline <= now)
            {
                instance.Expire(now);
            }
        }

        EndLeaving();
    }

    /// <inheritdoc/>
    public void OnReadable() => _links!.Read(this);

    /// <inheritdoc/>
    public void OnLink(int interfaceIndex, bool upAndRunning)
    {
        RefreshLinks();
        foreach (var instance in _instances)
        {
            instance.OnLink(interfaceIndex);
        }
    }

    /// <inheritdoc/>
    public void OnAddressAdded(in InterfaceAddress address) => RefreshLinks();

    /// <inheritdoc/>
    public void OnAddressRemoved(in InterfaceAddress address)
    {
        RefreshLinks();
        foreach (var instance in _instances)
        {
            instance.OnAddressRemoved(address);
        }
    }

    /// <inheritdoc/>
    public void OnLost() => RefreshLinks();

    /// <summary>Ends at once what has not been handed over, and removes all that was added.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_services is { } services)
        {
            services.Thread.Post(() =>
            {
                foreach (var instance in _instances.Concat(_leaving))
                {
                    instance.Dispose();
                }

                services.Thread.Unwatch(this);
            });
            services.Thread.Dispose();
            _links?.Dispose();
            services.Announcer.Dispose();
            services.Netlink.Dispose();
            _ledger?.Dispose();
        }

        // Afterwards: a script that cannot be ended must not keep an address here.
        await _poller.DisposeAsync();
        foreach (var script in _scripts)
        {
            await script.DisposeAsync();
        }

        await _commands.EndAsync(CommandsEnd);
        await _log.DisposeAsync();
    }

    private string? Open()
    {
        if (!AddressLedger.TryOpen(_ledgerPath, out _ledger, out var error))
        {
            return $"cannot write {_ledgerPath}: {error}";
        }

        AddressAnnouncer? announcer = null;
        if (!Netlink.TryOpen(out var netlink, out error) || !AddressAnnouncer.TryOpen(out announcer, out error) || !LinkMonitor.TryOpen(out _links, out error))
        {
            announcer?.Dispose();
            netlink?.Dispose();
            _ledger.Dispose();
            return $"{error}; VRRP needs the capabilities CAP_NET_RAW and CAP_NET_ADMIN";
        }

        var thread = new FailoverThread(this, _log.Error);
        var owned = new OwnedAddresses(netlink, _ledger, _log.LedgerFailed);
        _services = new FailoverServices(thread, netlink, _links.Links, announcer, owned, _log, _commands, _time);
        foreach (var leftBehind in owned.CleanUp())
        {
            _log.LeftBehind(leftBehind.ToString());
        }

        thread.Watch(this);
        thread.Start();
        _log.Started(thread.Scheduling);
        return null;
    }

    private void Apply(GatewayConfig config)
    {
        if (_isStopping)
        {
            return;
        }

        var now = FailoverThread.Now;
        var before = _instances.ToList();
        var after = new List<VrrpInstance>();
        foreach (var wanted in config.VrrpInstances)
        {
            var instance = before.Find(i => i.Name == wanted.Name && i.CanBecome(wanted));
            if (instance is null)
            {
                instance = new VrrpInstance(wanted, config.VrrpScripts, _services!) { OnEnded = EndLeaving };
            }
            else
            {
                before.Remove(instance);
            }

            after.Add(instance);
        }

        foreach (var instance in before)
        {
            instance.Group = [];
            if (config.VrrpGroups.Any(g => g.Name == instance.Watch?.Name))
            {
                // The group goes on without it.
                instance.Watch = null;
            }

            instance.Router.Stop(now);
            _leaving.Add(instance);
        }

        var old = _instances;
        ApplyGroups(config, after);
        _instances = [.. after];
        _nextLook = after.Count > 0 ? now : long.MaxValue;
        _watch.Restart();
        foreach (var instance in after)
        {
            if (old.Contains(instance))
            {
                instance.Configure(config.VrrpInstances.First(i => i.Name == instance.Name), config.VrrpScripts, now);
            }
            else
            {
                instance.Start(now);
            }
        }

        foreach (var group in _groups)
        {
            // Its instances may be others now.
            _services!.Thread.Post(group.Update);
        }

        EndLeaving();
    }

    private void ApplyGroups(GatewayConfig config, List<VrrpInstance> instances)
    {
        var groups = new List<VrrpGroup>();
        foreach (var instance in instances)
        {
            instance.Group = [];
            instance.Watch = null;
        }

        foreach (var wanted in config.VrrpGroups)
        {
            VrrpInstance[] members = [.. instances.Where(i => wanted.Members.Any(m => m.Value == i.Name))];
            var group = Array.Find(_groups, g => g.Name == wanted.Name) ?? new VrrpGroup(wanted, _commands);
            group.Configure(wanted, members);
            groups.Add(group);
            foreach (var member in members)
            {
                member.Group = [.. members.Where(other => other != member)];
                member.Watch = group;
            }
        }

        _groups = [.. groups];
    }

    private void EndLeaving()
    {
        for (var i = _leaving.Count - 1; i >= 0; i--)
        {
            if (_leaving[i].Router.State == VrrpState.Initialize)
            {
                _leaving[i].Dispose();
                _leaving.RemoveAt(i);
            }
        }

        if (_isStopping && _leaving.Count == 0)
        {
            _left.TrySetResult();
        }
    }

    private void RefreshLinks()
    {
        var now = FailoverThread.Now;
        foreach (var instance in _instances)
        {
            instance.RefreshLink(now);
        }
    }

    private void Note(TrackKind kind, string name, int failure) => _services?.Thread.Post(() =>
    {
        var now = FailoverThread.Now;
        foreach (var instance in _instances)
        {
            instance.Note(kind, name, failure, now);
        }
    });

    private async Task ConfigureScriptsAsync(GatewayConfig config)
    {
        var kept = _scripts.Where(s => config.VrrpScripts.Any(c => c with { Location = s.Config.Location } == s.Config)).ToArray();
        var changed = _scripts.Except(kept).ToArray();
        foreach (var script in changed)
        {
            await script.DisposeAsync();
        }

        // What was said of a script holds until another outcome has come often enough, also when it is run in another way from now on.
        bool? Works(VrrpScriptConfig script) => Array.Find(changed, s => s.Config.Name == script.Name)?.Works;
        _scripts = [.. kept, .. config.VrrpScripts.Where(c => kept.All(k => k.Config.Name != c.Name)).Select(c => new ScriptRunner(c, Note, _log, _time, Works(c)))];
        foreach (var script in _scripts)
        {
            script.Tell();
        }
    }
}
