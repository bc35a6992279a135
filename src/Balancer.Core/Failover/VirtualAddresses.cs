using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>The addresses of one virtual router. What was there before, or is added by others, is left alone. For the thread of the heartbeat.</summary>
internal sealed class VirtualAddresses(VrrpInstanceConfig config, FailoverServices services)
{
    private readonly List<Held> _held = [];
    private VrrpInstanceConfig _config = config;
    private LinkInfo? _interface;
    private LinkInfo? _virtual;

    private IEnumerable<VrrpAddressConfig> Wanted => _config.Addresses.Concat(_config.ExcludedAddresses);

    /// <summary>The interfaces of the virtual router are these from now on. Addresses that are held are announced when the hardware address has changed.</summary>
    /// <param name="link">Its own.</param>
    /// <param name="macvlan">The one that has its hardware address; null when it has none.</param>
    /// <param name="counters">Counts the announcements.</param>
    public void SetInterface(LinkInfo link, LinkInfo? macvlan, VrrpCounters counters)
    {
        var hasMoved = _interface is { } former && former.Hardware != link.Hardware;
        _interface = link;
        _virtual = macvlan;
        if (hasMoved)
        {
            Announce(counters);
        }
    }

    /// <summary>Goes by another configuration; when they are held, what is new is added and announced, and what is gone removed.</summary>
    public void Configure(VrrpInstanceConfig config, bool isHolding)
    {
        _config = config;
        if (!isHolding)
        {
            return;
        }

        foreach (var held in _held.Where(h => !Wanted.Any(w => h.Is(w))).ToArray())
        {
            Remove(held);
        }

        foreach (var wanted in Wanted.Where(w => !_held.Any(h => h.Is(w))).ToArray())
        {
            if (Add(wanted) is { } added)
            {
                Announce(added, null);
            }
        }
    }

    /// <summary>Adds them.</summary>
    public void Take()
    {
        foreach (var wanted in Wanted)
        {
            Add(wanted);
        }
    }

    /// <summary>Removes those that were added.</summary>
    public void Release()
    {
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            Remove(_held[i]);
        }
    }

    /// <summary>Whether this is one of those that were added.</summary>
    public bool Holds(in InterfaceAddress address)
    {
        foreach (var held in _held)
        {
            if (held.IsOurs && held.Link.Index == address.InterfaceIndex && held.Address == address.Address && held.Config.PrefixLength == address.PrefixLength)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds again what others have removed, and announces it.</summary>
    public void Restore(VrrpCounters counters)
    {
        for (var i = 0; i < _held.Count; i++)
        {
            var held = _held[i];
            if (!held.IsOurs || services.Links.Has(held.Link.Index, held.Address, held.Config.PrefixLength))
            {
                continue;
            }

            // The interface may be another one of that name.
            _held[i] = held with { Link = LinkOf(held.Config) ?? held.Link };
            Restore(_held[i], counters);
        }
    }

    /// <summary>Tells the neighbours of each once.</summary>
    public void Announce(VrrpCounters counters)
    {
        foreach (var held in _held)
        {
            Announce(held, counters);
        }
    }

    /// <summary>Where an address belongs. Those of the other family are on the router's own interface: the hardware address of a virtual router is of one family.</summary>
    private LinkInfo? LinkOf(VrrpAddressConfig wanted) => wanted.Device switch
    {
        null => _virtual is not null && wanted.Address.AddressFamily == _config.Addresses[0].Address.AddressFamily ? _virtual : _interface,
        var device when device == _config.Interface => _interface,
        var device => services.Links.Find(device),
    };

    private void Restore(Held held, VrrpCounters counters)
    {
        services.Log.AddressRemoved(_config.Name, held.Address.ToString());
        var error = services.Owned.AddAddress(held.Link.Index, held.Link.Name, held.Address, held.Config.PrefixLength, held.Config.Label);
        if (error == Errno.None)
        {
            Announce(held, counters);
        }
        else
        {
            services.Log.AddressFailed(_config.Name, $"add {held.Address}", error.Describe());
        }
    }

    private Held? Add(VrrpAddressConfig wanted)
    {
        var link = LinkOf(wanted);
        var address = NetworkAddress.From(wanted.Address);
        if (link is null)
        {
            services.Log.AddressFailed(_config.Name, $"add {address}", $"there is no interface '{wanted.Device ?? _config.Interface}'");
            return null;
        }

        var error = services.Owned.AddAddress(link.Index, link.Name, address, wanted.PrefixLength, wanted.Label);
        if (error == Errno.Exists)
        {
            services.Log.AddressForeign(_config.Name, address.ToString());
        }
        else if (error != Errno.None)
        {
            services.Log.AddressFailed(_config.Name, $"add {address}", error.Describe());
            return null;
        }

        var held = new Held(wanted, address, link, IsOurs: error == Errno.None);
        _held.Add(held);
        return held;
    }

    private void Remove(Held held)
    {
        _held.Remove(held);
        if (!held.IsOurs)
        {
            return;
        }

        var error = services.Owned.RemoveAddress(held.Link.Name, held.Address, held.Config.PrefixLength);
        if (error != Errno.None)
        {
            services.Log.AddressFailed(_config.Name, $"remove {held.Address}", error.Describe());
        }
    }

    private void Announce(Held held, VrrpCounters? counters)
    {
        // As it is now: a bond takes the hardware address of another of its members.
        var link = services.Links.Find(held.Link.Name) ?? held.Link;
        if (services.Announcer.Announce(link.Index, link.Hardware, held.Address) == Errno.None)
        {
            counters?.CountAnnouncement();
        }
    }

    private sealed record Held(VrrpAddressConfig Config, NetworkAddress Address, LinkInfo Link, bool IsOurs)
    {
        public bool Is(VrrpAddressConfig wanted) => wanted.Address.Equals(Config.Address) && wanted.PrefixLength == Config.PrefixLength && wanted.Device == Config.Device;
    }
}
