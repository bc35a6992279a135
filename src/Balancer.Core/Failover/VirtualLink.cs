using System.Net.Sockets;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>
/// The interface that has the hardware address of a virtual router (RFC 9568 section 7.3): a macvlan on the router's own interface, which is up as
/// long as the addresses are held. For the thread of the heartbeat.
/// </summary>
/// <remarks>
/// As long as it is up, the kernel gives it alone what comes from its own hardware address, which is that of the other gateway's advertisements too:
/// it has a socket, which hears and speaks in place of the one of the own interface. While it is down nothing leaves by it, so that the switch knows
/// the hardware address where the master is.
/// </remarks>
internal sealed class VirtualLink(string name, byte routerId, AddressFamily family, FailoverServices services, Action<VrrpSocket> onReadable) : IReadable
{
    // Microseconds. What is made and given up again is told as a change of an interface, at which it would be tried again, and so on.
    private const long RetryInterval = 1_000_000;

    private readonly MacAddress _hardware = MacAddress.OfVirtualRouter(routerId, family == AddressFamily.InterNetworkV6);
    private string _parent = "";
    private VrrpSocket? _socket;
    private bool _isUp;
    private string? _failure;
    private long _failedAt;

    /// <summary>The interface; null when it is not there.</summary>
    public LinkInfo? Link { get; private set; }

    /// <summary>What advertisements leave by and come in by; null while it is down.</summary>
    public VrrpSocket? Socket => _isUp ? _socket : null;

    /// <inheritdoc/>
    public int Handle => _socket!.Handle;

    /// <summary>Makes it, or makes it anew when another has deleted it.</summary>
    /// <param name="parent">What it is made on.</param>
    /// <param name="source">The address advertisements come from, which is the parent's.</param>
    /// <returns>What is wrong; null when nothing.</returns>
    public string? Open(LinkInfo parent, NetworkAddress source)
    {
        if (Link is not null && services.Links.Find(name)?.Index == Link.Index)
        {
            _socket!.Source = source;
            return null;
        }

        if (_failure is null || FailoverThread.Now - _failedAt >= RetryInterval)
        {
            _failure = Make(parent, source);
            _failedAt = FailoverThread.Now;
        }

        return _failure;
    }

    /// <summary>Sets it up or down.</summary>
    /// <returns>What is wrong; null when nothing.</returns>
    public string? SetUp(bool up)
    {
        _isUp = up;
        return Link is not null && services.Netlink.SetLinkUp(Link.Index, up) is var error and not Errno.None ? error.Describe() : null;
    }

    /// <summary>Deletes it.</summary>
    public void Close()
    {
        Unwatch();
        _failure = null;
        if (_parent.Length > 0)
        {
            _ = services.Owned.RemoveMacvlan(name, _parent, _hardware);
            _parent = "";
        }
    }

    /// <inheritdoc/>
    public void OnReadable()
    {
        if (Socket is { } socket)
        {
            onReadable(socket);
        }
    }

    private string? Make(LinkInfo parent, NetworkAddress source)
    {
        _parent = parent.Name;
        var error = services.Owned.AddMacvlan(name, parent.Name, _hardware, out var index);
        if (error != Errno.None)
        {
            return $"cannot make the interface '{name}': {(error == Errno.Exists ? "there is one of that name" : error.Describe())}";
        }

        if (Link?.Index != index)
        {
            return Watch(index, source);
        }

        _socket!.Source = source;
        return null;
    }

    private string? Watch(int index, NetworkAddress source)
    {
        Unwatch();
        if (!VrrpSocket.TryOpen(index, name, family, source, out _socket, out var error))
        {
            return error;
        }

        Link = new LinkInfo { Index = index, Name = name, Hardware = _hardware };
        services.Thread.Watch(this);
        return _isUp ? SetUp(true) : null;
    }

    private void Unwatch()
    {
        Link = null;
        if (_socket is not null)
        {
            services.Thread.Unwatch(this);
            _socket.Dispose();
            _socket = null;
        }
    }
}
