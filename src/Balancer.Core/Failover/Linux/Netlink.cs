using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Balancer.Failover.Linux;

/// <summary>
/// Asks and tells the kernel about interfaces, addresses and routes (rtnetlink). Telling needs CAP_NET_ADMIN. For one thread; a call takes some
/// hundred microseconds to a few milliseconds.
/// </summary>
internal sealed class Netlink : IDisposable
{
    /// <summary>What this daemon adds bears this number as its origin (IFA_PROTO, RTA_PROTO), so that it is known again. It is the number of VRRP among the IP protocols.</summary>
    public const byte Mark = 112;

    private const int ListAttempts = 5;
    private readonly NetlinkSocket _socket;

    private Netlink(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens the connection to the kernel.</summary>
    /// <param name="netlink">The connection, or null when there is an error.</param>
    /// <param name="error">The call that failed and why.</param>
    public static bool TryOpen([NotNullWhen(true)] out Netlink? netlink, [NotNullWhen(false)] out string? error)
    {
        netlink = NetlinkSocket.TryOpen(0, out var socket, out error) ? new Netlink(socket) : null;
        return netlink is not null;
    }

    /// <summary>Finds an interface by name.</summary>
    /// <returns><see cref="Errno.NoSuchDevice"/> when there is none.</returns>
    public Errno GetLink(string name, out LinkInfo? link)
    {
        var request = _socket.Begin(NetlinkConstants.GetLink, 0);
        request.Append(default(LinkMessage));
        request.Attribute(NetlinkConstants.LinkName, name);
        return GetLink(ref request, out link);
    }

    /// <summary>Finds an interface by number.</summary>
    /// <returns><see cref="Errno.NoSuchDevice"/> when there is none.</returns>
    public Errno GetLink(int index, out LinkInfo? link)
    {
        var request = _socket.Begin(NetlinkConstants.GetLink, 0);
        request.Append(new LinkMessage { Index = index });
        return GetLink(ref request, out link);
    }

    /// <summary>Lists addresses in the kernel's order.</summary>
    /// <param name="interfaceIndex">Those of one interface; 0 for all.</param>
    /// <param name="family">Those of one family; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <param name="addresses">Gets them, and nothing else.</param>
    public Errno GetAddresses(int interfaceIndex, AddressFamily family, List<InterfaceAddress> addresses)
    {
        var error = Errno.Interrupted;
        for (var attempt = 0; attempt < ListAttempts && error == Errno.Interrupted; attempt++)
        {
            addresses.Clear();
            var request = _socket.Begin(NetlinkConstants.GetAddress, NetlinkConstants.FlagDump);
            request.Append(new AddressMessage { Family = family == AddressFamily.Unspecified ? (byte)0 : (byte)SocketAddresses.FamilyOf(family) });
            error = _socket.Exchange(request.Finish(), message =>
            {
                if (message.Type == NetlinkConstants.NewAddress
                    && InterfaceAddress.TryRead(message.Payload, out var address)
                    && (interfaceIndex == 0 || address.InterfaceIndex == interfaceIndex)
                    && (family == AddressFamily.Unspecified || address.Address.Family == family))
                {
                    addresses.Add(address);
                }
            });
        }

        return error;
    }

    /// <summary>
    /// Finds the address advertisements of an interface come from: its first own IPv4 address, or its IPv6 link-local one. Addresses this daemon
    /// added do not count.
    /// </summary>
    /// <returns><see cref="Errno.AddressNotAvailable"/> when there is none.</returns>
    public Errno GetPrimaryAddress(int interfaceIndex, AddressFamily family, out NetworkAddress primary)
    {
        primary = default;
        var addresses = new List<InterfaceAddress>();
        if (GetAddresses(interfaceIndex, family, addresses) is var error and not Errno.None)
        {
            return error;
        }

        foreach (var address in addresses)
        {
            if (address.CanAdvertise)
            {
                primary = address.Address;
                return Errno.None;
            }
        }

        return Errno.AddressNotAvailable;
    }

    /// <summary>Adds an address, marked as this daemon's; an IPv6 one is usable at once (no duplicate address detection).</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">Bits of its network part.</param>
    /// <param name="label">What an IPv4 address is called in lists, as in "eth0:vip"; it starts with the interface's name.</param>
    /// <returns><see cref="Errno.Exists"/> when it was there already: then it is not ours and is left as it is.</returns>
    public Errno AddAddress(int interfaceIndex, NetworkAddress address, int prefixLength, string? label = null)
    {
        var request = _socket.Begin(NetlinkConstants.NewAddress, NetlinkConstants.FlagCreate | NetlinkConstants.FlagExclusive);
        AppendAddress(ref request, interfaceIndex, address, prefixLength);
        if (address.IsIpv6)
        {
            request.Attribute(NetlinkConstants.AddressFlags, NetlinkConstants.AddressNoDuplicateDetection);
        }
        else if (label is not null)
        {
            request.Attribute(NetlinkConstants.AddressLabel, label);
        }

        request.Attribute(NetlinkConstants.AddressProtocol, Mark);
        return _socket.Exchange(request.Finish());
    }

    /// <summary>Deletes an address.</summary>
    /// <returns><see cref="Errno.AddressNotAvailable"/> when it is not there.</returns>
    public Errno DeleteAddress(int interfaceIndex, NetworkAddress address, int prefixLength)
    {
        var request = _socket.Begin(NetlinkConstants.DeleteAddress, 0);
        AppendAddress(ref request, interfaceIndex, address, prefixLength);
        return _socket.Exchange(request.Finish());
    }

    /// <summary>Adds a route, marked as this daemon's.</summary>
    /// <returns><see cref="Errno.Exists"/> when it was there already: then it is not ours and is left as it is.</returns>
    public Errno AddRoute(Route route)
    {
        var request = _socket.Begin(NetlinkConstants.NewRoute, NetlinkConstants.FlagCreate | NetlinkConstants.FlagExclusive);
        AppendRoute(ref request, route, route.Gateway.IsNone && !route.Destination.IsIpv6 ? NetlinkConstants.ScopeLink : NetlinkConstants.ScopeUniverse);
        return _socket.Exchange(request.Finish());
    }

    /// <summary>Deletes a route that this daemon added; one that only looks like it, but was added by another, stays.</summary>
    /// <returns><see cref="Errno.NoSuchProcess"/> when there is none.</returns>
    public Errno DeleteRoute(Route route)
    {
        var request = _socket.Begin(NetlinkConstants.DeleteRoute, 0);
        AppendRoute(ref request, route, NetlinkConstants.ScopeNowhere);
        return _socket.Exchange(request.Finish());
    }

    /// <summary>
    /// Makes a macvlan of a virtual router, which is down: private mode, so that it hears only what comes from outside; it answers ARP for its own
    /// addresses alone, takes packets that belong to its parent's network, and gives itself no IPv6 address, which would be the same on every router.
    /// </summary>
    /// <param name="name">Its name, at most 15 bytes.</param>
    /// <param name="parent">The interface it is made on.</param>
    /// <param name="hardware">The virtual router's hardware address.</param>
    /// <param name="index">Its number.</param>
    /// <returns><see cref="Errno.Exists"/> when there is an interface of that name: then it is not ours and is left as it is.</returns>
    public Errno AddMacvlan(string name, int parent, MacAddress hardware, out int index)
    {
        index = 0;
        Span<byte> mac = stackalloc byte[MacAddress.Length];
        hardware.CopyTo(mac);
        var request = _socket.Begin(NetlinkConstants.NewLink, NetlinkConstants.FlagCreate | NetlinkConstants.FlagExclusive);
        request.Append(default(LinkMessage));
        request.Attribute(NetlinkConstants.LinkName, name);
        request.Attribute(NetlinkConstants.LinkParent, parent);
        request.Attribute(NetlinkConstants.LinkAddress, mac);
        var information = request.BeginNested(NetlinkConstants.LinkInformation);
        request.Attribute(NetlinkConstants.LinkKind, "macvlan");
        var data = request.BeginNested(NetlinkConstants.LinkData);
        request.Attribute(NetlinkConstants.MacvlanMode, NetlinkConstants.MacvlanPrivate);
        request.EndNested(data);
        request.EndNested(information);
        var error = _socket.Exchange(request.Finish());
        if (error != Errno.None)
        {
            return error;
        }

        error = GetLink(name, out var link);
        index = link?.Index ?? 0;
        if (error == Errno.None)
        {
            error = ConfigureVirtual(index);
        }

        if (error != Errno.None && index != 0)
        {
            DeleteLink(index);
        }

        return error;
    }

    /// <summary>Deletes a virtual interface.</summary>
    public Errno DeleteLink(int index)
    {
        var request = _socket.Begin(NetlinkConstants.DeleteLink, 0);
        request.Append(new LinkMessage { Index = index });
        return _socket.Exchange(request.Finish());
    }

    /// <summary>Sets an interface up or down.</summary>
    public Errno SetLinkUp(int index, bool up)
    {
        var request = _socket.Begin(NetlinkConstants.SetLink, 0);
        request.Append(new LinkMessage { Index = index, Flags = up ? NetlinkConstants.InterfaceUp : 0, Change = NetlinkConstants.InterfaceUp });
        return _socket.Exchange(request.Finish());
    }

    /// <summary>Changes settings of an interface under net.ipv4.conf, also where /proc/sys cannot be written. <see cref="LinkInfo.Ipv4Settings"/> has the values.</summary>
    public Errno SetIpv4(int index, params ReadOnlySpan<(Ipv4Setting Setting, int Value)> settings)
    {
        var request = _socket.Begin(NetlinkConstants.SetLink, 0);
        request.Append(new LinkMessage { Index = index });
        var specific = request.BeginNested(NetlinkConstants.LinkFamilySpecific);
        var ipv4 = request.BeginNested(SocketConstants.FamilyIpv4);
        var values = request.BeginNested(NetlinkConstants.Ipv4Settings);
        foreach (var (setting, value) in settings)
        {
            request.Attribute((ushort)setting, value);
        }

        request.EndNested(values);
        request.EndNested(ipv4);
        request.EndNested(specific);
        return _socket.Exchange(request.Finish());
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static void AppendAddress(ref NetlinkWriter request, int interfaceIndex, NetworkAddress address, int prefixLength)
    {
        request.Append(new AddressMessage { Family = (byte)SocketAddresses.FamilyOf(address.Family), PrefixLength = (byte)prefixLength, Index = interfaceIndex });
        request.Attribute(NetlinkConstants.AddressLocal, address);
        request.Attribute(NetlinkConstants.AddressAddress, address);
    }

    private static void AppendRoute(ref NetlinkWriter request, Route route, byte scope)
    {
        request.Append(new RouteMessage
        {
            Family = (byte)SocketAddresses.FamilyOf(route.Destination.Family),
            DestinationLength = (byte)route.PrefixLength,
            Protocol = Mark,
            Scope = scope,
            Type = NetlinkConstants.RouteUnicast,
        });
        if (route.PrefixLength > 0)
        {
            request.Attribute(NetlinkConstants.RouteDestination, route.Destination);
        }

        request.Attribute(NetlinkConstants.RouteGateway, route.Gateway);
        request.Attribute(NetlinkConstants.RoutePreferredSource, route.Source);
        request.Attribute(NetlinkConstants.RouteTable, route.Table);
        if (route.InterfaceIndex != 0)
        {
            request.Attribute(NetlinkConstants.RouteOutputInterface, route.InterfaceIndex);
        }

        if (route.Metric != 0)
        {
            request.Attribute(NetlinkConstants.RouteMetric, route.Metric);
        }
    }

    private Errno GetLink(ref NetlinkWriter request, out LinkInfo? link)
    {
        LinkInfo? found = null;
        request.Attribute(NetlinkConstants.LinkExtensions, NetlinkConstants.SkipStatistics);
        var error = _socket.Exchange(request.Finish(), message => found ??= message.Type == NetlinkConstants.NewLink ? LinkInfo.Read(message.Payload) : null);
        link = found;
        return error == Errno.None && link is null ? Errno.NoSuchDevice : error;
    }

    private Errno ConfigureVirtual(int index)
    {
        // While it is down: the address would come as it goes up. Where there is no IPv6, none would.
        if (DisableAddressGeneration(index) is var error and not (Errno.None or Errno.FamilyNotSupported))
        {
            return error;
        }

        // The way back to a client is by the parent. 2 is loose: 0 would not do where all interfaces have 1, for the greater one holds.
        return SetIpv4(
            index,
            (Ipv4Setting.ArpIgnore, 1),
            (Ipv4Setting.ArpFilter, 0),
            (Ipv4Setting.AcceptLocal, 1),
            (Ipv4Setting.ReversePathFilter, 2),
            (Ipv4Setting.PromoteSecondaries, 1));
    }

    private Errno DisableAddressGeneration(int index)
    {
        var request = _socket.Begin(NetlinkConstants.SetLink, 0);
        request.Append(new LinkMessage { Index = index });
        var specific = request.BeginNested(NetlinkConstants.LinkFamilySpecific);
        var ipv6 = request.BeginNested(SocketConstants.FamilyIpv6);
        request.Attribute(NetlinkConstants.Ipv6AddressGeneration, NetlinkConstants.Ipv6GenerateNone);
        request.EndNested(ipv6);
        request.EndNested(specific);
        return _socket.Exchange(request.Finish());
    }
}
