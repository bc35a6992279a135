using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>One virtual router: the state machine with its socket, interface, addresses and what it depends on. For the thread of the heartbeat.</summary>
internal sealed class VrrpInstance : IVrrpLink, IReadable, IDisposable
{
    private const int ReadsPerTurn = 64;
    private const string NoInterface = "its interface does not exist";
    private const string LinkDown = "its interface is down";
    private const string Stalled = "data path stalled";

    private readonly FailoverServices _services;
    private readonly VirtualAddresses _addresses;
    private readonly VirtualRoutes _routes;
    private readonly StallVerdict _stall = new();
    private readonly VirtualLink? _virtual;
    private readonly byte[] _output = new byte[VrrpCodec.MaxLength];
    private readonly byte[] _input = new byte[VrrpSocket.BufferLength];
    private VrrpInstanceConfig _config;
    private VrrpCodec _codec;
    private TrackSet _tracks;
    private NetworkAddress[] _peers;
    private VrrpSocket? _socket;
    private NetworkAddress _source;
    private int _interfaceIndex;
    private string? _fault;
    private bool _isGroupFaulty;
    private volatile VrrpStatus _status;

    public VrrpInstance(VrrpInstanceConfig config, IReadOnlyList<VrrpScriptConfig> scripts, FailoverServices services)
    {
        _config = config;
        _services = services;
        _tracks = new TrackSet(config, scripts);
        _codec = VrrpSettings.CodecOf(config);
        _peers = PeersOf(config);
        _addresses = new VirtualAddresses(config, services);
        _routes = new VirtualRoutes(config, services);
        if (config.VirtualInterface is { } name)
        {
            _virtual = new VirtualLink(name, (byte)config.VirtualRouterId, Family, services, socket => Read(socket, isHeeded: true));
        }

        Router = new VrrpRouter(VrrpSettings.TimingOf(config), default, this);
        _status = Describe(VrrpReason.Start);
    }

    /// <summary>The state machine.</summary>
    public VrrpRouter Router { get; }

    /// <summary>Its name.</summary>
    public string Name => _config.Name;

    /// <summary>What it counts.</summary>
    public VrrpCounters Counters { get; } = new();

    /// <summary>What it is. Any thread.</summary>
    public VrrpStatus Status => _status;

    /// <summary>The instances that are master together with it; empty for none.</summary>
    public IReadOnlyList<VrrpInstance> Group { get; set; } = [];

    /// <summary>What tells of changes of the group as a whole; null when it is in none.</summary>
    public VrrpGroup? Watch { get; set; }

    /// <summary>When <see cref="Expire"/> is to be called; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline => Math.Min(Router.NextDeadline, _routes.RetryAt);

    /// <summary>Called when it has ended.</summary>
    public required Action OnEnded { get; init; }

    /// <summary>Whether it cannot be master for a reason of its own; one that has not looked yet knows of none.</summary>
    public bool IsFaulty => _fault is not null || IsStalled || _tracks.Fault is not null;

    /// <summary>Whether it cannot be master because the gateway does not answer. Any thread.</summary>
    public bool IsStalled => _stall.IsStalled;

    /// <inheritdoc/>
    public int Handle => _socket!.Handle;

    private byte Priority => _tracks.PriorityIn(Group.Select(static member => member._tracks));

    private AddressFamily Family => _config.Addresses[0].Address.AddressFamily;

    private bool IsHolding => Router.State is VrrpState.Master or VrrpState.Leaving;

    private long Interval => VrrpSettings.Microseconds(_config.AdvertInterval);

    /// <summary>Whether another configuration can be gone by without a new state machine: who it is has not changed.</summary>
    public bool CanBecome(VrrpInstanceConfig config) =>
        config.Interface == _config.Interface
        && config.VirtualRouterId == _config.VirtualRouterId
        && config.EffectiveVersion == _config.EffectiveVersion
        && config.VirtualInterface == _config.VirtualInterface
        && config.Addresses[0].Address.AddressFamily == Family;

    /// <summary>Goes by another configuration.</summary>
    public void Configure(VrrpInstanceConfig config, IReadOnlyList<VrrpScriptConfig> scripts, long now)
    {
        var before = _tracks;
        _config = config;
        _codec = VrrpSettings.CodecOf(config);
        _peers = PeersOf(config);
        _tracks = new TrackSet(config, scripts);
        foreach (var track in before.All)
        {
            _tracks.Note(track.Kind, track.Name, track.Failure);
        }

        _routes.Configure(config);
        _addresses.Configure(config, IsHolding);
        _routes.Restore(now);
        RefreshLink(now);
        Router.Configure(now, VrrpSettings.TimingOf(config), _source);
        ApplyTracks(now);
    }

    /// <summary>Takes part.</summary>
    public void Start(long now)
    {
        RefreshLink(now);
        UpdatePriorities();
        Router.Start(now);
        UpdateFault(now);
    }

    /// <summary>Looks at its interface and the tracked ones anew: something has changed.</summary>
    public void RefreshLink(long now)
    {
        if (_services.Links.Find(_config.Interface) is not { } link)
        {
            Close();
            SetOwnFault(NoInterface, now);
        }
        else
        {
            if (link.Index != _interfaceIndex)
            {
                Close();
                _interfaceIndex = link.Index;
            }

            var macvlan = _virtual?.Link;
            var fault = link.IsUpAndRunning ? Open(link) : LinkDown;
            if (macvlan is not null && _virtual!.Link != macvlan)
            {
                // Another has deleted it, and the addresses with it; that they went may have been told before.
                _services.Thread.Post(Restore);
            }

            // Its hardware address may have changed, as of a bond.
            _addresses.SetInterface(link, _virtual?.Link, Counters);
            _routes.SetInterface(link);
            SetOwnFault(fault, now);
        }

        foreach (var track in _tracks.All)
        {
            if (track.Kind == TrackKind.Interface)
            {
                Note(TrackKind.Interface, track.Name, _services.Links.Find(track.Name) is { IsUpAndRunning: true } ? 0 : 1, now);
            }
        }
    }

    /// <summary>An address has gone; one that belongs to a master comes back, and the routes that went with it.</summary>
    public void OnAddressRemoved(in InterfaceAddress removed)
    {
        if (_addresses.Holds(removed) || _routes.Uses(removed.InterfaceIndex))
        {
            // Posted, for the interface may have gone with it, and more of what has happened is still to be read.
            _services.Thread.Post(Restore);
        }
    }

    /// <summary>An interface has changed: the kernel takes the routes of one that goes down.</summary>
    public void OnLink(int interfaceIndex)
    {
        if (_routes.Uses(interfaceIndex))
        {
            _services.Thread.Post(Restore);
        }
    }

    /// <summary>Does what is due.</summary>
    public void Expire(long now)
    {
        if (Router.NextDeadline <= now)
        {
            Router.OnDeadline(now);
        }

        if (_routes.RetryAt <= now)
        {
            _routes.Restore(now);
        }
    }

    /// <summary>Notes how something tracked does.</summary>
    public void Note(TrackKind kind, string name, int failure, long now)
    {
        if (_tracks.Note(kind, name, failure) is { } track)
        {
            _services.Log.Track(Name, track.ToString(), failure == 0, Priority);
            ApplyTracks(now);
        }
    }

    /// <summary>Decides whether a gateway that does not answer may be master.</summary>
    public void Judge(DataPathWatch watch, long now)
    {
        if (!_stall.Judge(watch, VrrpSettings.Microseconds(_config.SelfProbeTimeout)))
        {
            return;
        }

        if (IsStalled)
        {
            _services.Log.Fault(Name, Stalled);
        }

        UpdateFaults(now);
    }

    /// <summary>Follows the faults of its group.</summary>
    public void UpdateFault(long now)
    {
        _isGroupFaulty = Group.Any(static member => member.IsFaulty);
        Router.SetFault(now, IsFaulty || _isGroupFaulty);
        _status = Describe(_status.Reason);
    }

    /// <inheritdoc/>
    public void OnReadable() => Read(_socket, isHeeded: _peers.Length > 0 || _virtual?.Socket is null);

    /// <inheritdoc/>
    public void Advertise(byte priority)
    {
        if (_socket is null)
        {
            return;
        }

        if (_peers.Length == 0)
        {
            Send(_virtual?.Socket ?? _socket, priority, _socket.Group);
        }

        foreach (var peer in _peers)
        {
            Send(_socket, priority, peer);
        }
    }

    /// <inheritdoc/>
    public void Take()
    {
        _addresses.Take();
        _routes.Take(FailoverThread.Now);
    }

    /// <inheritdoc/>
    public void Release()
    {
        _routes.Release();

        // First of all: nothing of what goes with the addresses may leave by it beside the new master.
        SetVirtualUp(false);
        _addresses.Release();
    }

    /// <inheritdoc/>
    public void Announce(int repeats)
    {
        for (var i = 0; i < repeats; i++)
        {
            _addresses.Announce(Counters);
        }
    }

    /// <inheritdoc/>
    public void OnTransition(VrrpState from, VrrpState to, VrrpReason reason)
    {
        Counters.CountTransition(from, to, FailoverThread.Now);
        if (to == VrrpState.Master)
        {
            // Before the first advertisement, which leaves by it.
            SetVirtualUp(true);
        }

        _status = Describe(reason) with { Since = _services.Time.GetUtcNow() };
        _services.Log.Transition(Name, from, to, reason, Router.Priority);
        VrrpNotifier.Notify(_config.Commands, "INSTANCE", Name, to, Router.Priority, _services.Commands);
        if (Watch is { } group)
        {
            // Posted, for the others follow in the same turn.
            _services.Thread.Post(group.Update);
        }

        if (to == VrrpState.Initialize)
        {
            _services.Thread.Post(OnEnded);
        }
        else if (Group.Count > 0 && reason is not (VrrpReason.Group or VrrpReason.Start))
        {
            // One that begins as backup gives nothing up, and so must not a group that is master already.
            // Posted, for the state machine is in the middle of its own step.
            _services.Thread.Post(() => LeadGroup(to));
        }
    }

    /// <summary>Ends at once: sends that it gives up, and removes its addresses.</summary>
    public void Dispose()
    {
        Router.Abort();
        Close();
    }

    private static NetworkAddress[] PeersOf(VrrpInstanceConfig config) => [.. config.UnicastPeers.Select(NetworkAddress.From)];

    private VrrpStatus Describe(VrrpReason reason) => new(
        _config.Name,
        _config.Interface,
        _config.VirtualRouterId,
        Router.State,
        Router.Priority,
        [.. _config.Addresses.Concat(_config.ExcludedAddresses).Select(static a => $"{a.Address}/{a.PrefixLength}")],
        _status?.Since ?? _services.Time.GetUtcNow(),
        reason,
        _fault ?? (IsStalled ? Stalled : null) ?? _tracks.Fault?.ToString() ?? (_isGroupFaulty ? "another instance of its group is in fault" : null));

    private void Restore()
    {
        if (IsHolding)
        {
            _addresses.Restore(Counters);
            _routes.Restore(FailoverThread.Now);
        }
    }

    private void LeadGroup(VrrpState to)
    {
        var now = FailoverThread.Now;
        foreach (var member in Group)
        {
            if (to == VrrpState.Master)
            {
                member.Router.FollowMaster(now);
            }
            else if (to is VrrpState.Backup or VrrpState.Fault)
            {
                member.Router.FollowBackup(now);
            }
        }
    }

    private void ApplyTracks(long now)
    {
        UpdatePriorities();
        UpdateFaults(now);
    }

    private void UpdatePriorities()
    {
        Router.SetPriority(Priority);
        foreach (var member in Group)
        {
            member.Router.SetPriority(member.Priority);
        }
    }

    private void SetOwnFault(string? fault, long now)
    {
        if (fault == _fault)
        {
            return;
        }

        _fault = fault;
        if (fault is not null)
        {
            _services.Log.Fault(Name, fault);
        }

        UpdateFaults(now);
    }

    private void UpdateFaults(long now)
    {
        UpdateFault(now);
        foreach (var member in Group)
        {
            member.UpdateFault(now);
        }
    }

    /// <summary>Opens the socket, and finds the address to send from.</summary>
    /// <returns>What is wrong; null when nothing.</returns>
    private string? Open(LinkInfo link)
    {
        _source = _config.SourceAddress is { } configured ? NetworkAddress.From(configured) : _services.Links.PrimaryAddress(_interfaceIndex, Family);
        if (_source.IsNone)
        {
            return "its interface has no address to send from";
        }

        if (_socket is null)
        {
            if (!VrrpSocket.TryOpen(_interfaceIndex, _config.Interface, Family, _source, out _socket, out var error))
            {
                return error;
            }

            _services.Thread.Watch(this);
        }

        _socket.Source = _source;
        Router.Configure(FailoverThread.Now, VrrpSettings.TimingOf(_config), _source);
        return _virtual?.Open(link, _source);
    }

    private void SetVirtualUp(bool up)
    {
        if (_virtual?.SetUp(up) is { } error)
        {
            _services.Log.AddressFailed(Name, $"set {_config.VirtualInterface} {(up ? "up" : "down")}", error);
        }
    }

    private void Close()
    {
        _virtual?.Close();
        if (_socket is not null)
        {
            _services.Thread.Unwatch(this);
            _socket.Dispose();
            _socket = null;
        }

        _interfaceIndex = 0;
    }

    private void Send(VrrpSocket socket, byte priority, NetworkAddress destination)
    {
        var length = _codec.Write(_output, priority, Interval, _source, destination);
        var error = socket.Send(_output.AsSpan(0, length), destination);
        if (error == Errno.None)
        {
            Counters.CountSent();
        }
        else
        {
            _services.Log.SendFailed(Name, error.Describe());
        }
    }

    /// <summary>Takes what has come; while it comes by the virtual interface, what the own one has is the same once more.</summary>
    private void Read(VrrpSocket? socket, bool isHeeded)
    {
        for (var i = 0; i < ReadsPerTurn && socket is not null && socket.TryReceive(_input, out var datagram); i++)
        {
            if (isHeeded)
            {
                Hear(datagram);
            }
        }
    }

    private void Hear(in VrrpDatagram datagram)
    {
        var packet = _input.AsSpan(datagram.Offset, datagram.Length);
        var drop = datagram.Source == _source ? VrrpDrop.OwnAddress
            : _peers.Length > 0 && !_peers.Contains(datagram.Source) ? VrrpDrop.Source
            : _codec.TryRead(packet, datagram.Ttl, datagram.Source, datagram.Destination, Interval, out var advertisement) is var fault and not VrrpDrop.None ? fault
            : Heed(advertisement);
        if (drop != VrrpDrop.None)
        {
            Counters.CountDropped(drop);

            // That there are other virtual routers on the link is nothing to log.
            if (drop != VrrpDrop.RouterId && (Counters.Dropped(drop) == 1 || Counters.Dropped(drop) % 1000 == 0))
            {
                _services.Log.Dropped(Name, drop, datagram.Source);
            }
        }
    }

    private VrrpDrop Heed(in VrrpAdvertisement advertisement)
    {
        Counters.CountReceived();
        Router.OnAdvertisement(FailoverThread.Now, advertisement);
        return VrrpDrop.None;
    }
}
