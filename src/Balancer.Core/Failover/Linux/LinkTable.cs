using System.Net.Sockets;

namespace Balancer.Failover.Linux;

/// <summary>
/// The interfaces and addresses of the host as <see cref="LinkMonitor"/> was told of them. Asking it takes no system call: the kernel answers
/// one only when nobody else changes an interface, and starting a container may take that long that advertisements would be missed.
/// </summary>
/// <remarks>For one thread.</remarks>
internal sealed class LinkTable
{
    private readonly Dictionary<int, Known<LinkInfo>> _links = [];

    // In the kernel's order: the first address of an interface is its primary one.
    private readonly List<Known<InterfaceAddress>> _addresses = [];
    private int _generation;

    /// <summary>The interface of a name; null when there is none.</summary>
    public LinkInfo? Find(string name)
    {
        foreach (var known in _links.Values)
        {
            if (known.Value.Name == name)
            {
                return known.Value;
            }
        }

        return null;
    }

    /// <summary>The address advertisements of an interface come from, as <see cref="Netlink.GetPrimaryAddress"/>; no address when it has none.</summary>
    public NetworkAddress PrimaryAddress(int interfaceIndex, AddressFamily family)
    {
        foreach (var known in _addresses)
        {
            if (known.Value.InterfaceIndex == interfaceIndex && known.Value.Address.Family == family && known.Value.CanAdvertise)
            {
                return known.Value.Address;
            }
        }

        return default;
    }

    /// <summary>Whether an interface has an address.</summary>
    public bool Has(int interfaceIndex, NetworkAddress address, int prefixLength) =>
        _addresses.Exists(known => known.Value.InterfaceIndex == interfaceIndex && known.Value.Address == address && known.Value.PrefixLength == prefixLength);

    /// <summary>Notes an interface that came or changed.</summary>
    public void Set(LinkInfo link) => _links[link.Index] = new(link, _generation);

    /// <summary>Notes an address that came or changed.</summary>
    public void Set(in InterfaceAddress address)
    {
        var known = new Known<InterfaceAddress>(address, _generation);
        var at = IndexOf(address);
        if (at >= 0)
        {
            _addresses[at] = known;
        }
        else
        {
            _addresses.Add(known);
        }
    }

    /// <summary>Forgets an interface with its addresses.</summary>
    public void Remove(int interfaceIndex)
    {
        _links.Remove(interfaceIndex);
        _addresses.RemoveAll(known => known.Value.InterfaceIndex == interfaceIndex);
    }

    /// <summary>Forgets an address.</summary>
    public void Remove(in InterfaceAddress address)
    {
        var at = IndexOf(address);
        if (at >= 0)
        {
            _addresses.RemoveAt(at);
        }
    }

    /// <summary>Everything there is will be noted again.</summary>
    public void BeginList() => _generation++;

    /// <summary>Forgets what was not noted since <see cref="BeginList"/>, and tells of it.</summary>
    public void EndList(ILinkEvents events)
    {
        for (var i = _addresses.Count - 1; i >= 0; i--)
        {
            if (_addresses[i] is { } known && known.Generation != _generation)
            {
                _addresses.RemoveAt(i);
                events.OnAddressRemoved(known.Value);
            }
        }

        foreach (var known in _links.Values.Where(known => known.Generation != _generation).ToArray())
        {
            _links.Remove(known.Value.Index);
            events.OnLink(known.Value.Index, upAndRunning: false);
        }
    }

    private int IndexOf(in InterfaceAddress address)
    {
        for (var i = 0; i < _addresses.Count; i++)
        {
            var known = _addresses[i].Value;
            if (known.InterfaceIndex == address.InterfaceIndex && known.Address == address.Address && known.PrefixLength == address.PrefixLength)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct Known<T>(T Value, int Generation);
}
