namespace Balancer.Failover.Linux;

/// <summary>
/// Adds addresses, routes and virtual interfaces to the system and removes them again, with the ledger kept; what others added is never touched.
/// For one thread.
/// </summary>
/// <remarks>A ledger that cannot be written is reported, and does not keep an address from being taken over: without the address nobody is served.</remarks>
internal sealed class OwnedAddresses
{
    private static readonly bool KernelKeepsMarks = Environment.OSVersion.Version >= new Version(5, 18);

    private readonly Netlink _netlink;
    private readonly AddressLedger _ledger;
    private readonly Action<string> _onLedgerError;

    /// <param name="netlink">The connection to the kernel.</param>
    /// <param name="ledger">The record.</param>
    /// <param name="onLedgerError">Gets why the record could not be written.</param>
    public OwnedAddresses(Netlink netlink, AddressLedger ledger, Action<string> onLedgerError)
    {
        _netlink = netlink;
        _ledger = ledger;
        _onLedgerError = onLedgerError;
    }

    /// <summary>Whether this daemon added the address.</summary>
    public bool Owns(string interfaceName, NetworkAddress address, int prefixLength) =>
        _ledger.Entries.ContainsKey(LedgerEntry.OfAddress(interfaceName, address, prefixLength));

    /// <summary>Adds an address; one that this daemon added before stays, or comes back.</summary>
    /// <inheritdoc cref="Netlink.AddAddress"/>
    public Errno AddAddress(int interfaceIndex, string interfaceName, NetworkAddress address, int prefixLength, string? label = null) =>
        Add(LedgerEntry.OfAddress(interfaceName, address, prefixLength), () => _netlink.AddAddress(interfaceIndex, address, prefixLength, label));

    /// <summary>Removes an address, if this daemon added it; other addresses of its network stay.</summary>
    public Errno RemoveAddress(string interfaceName, NetworkAddress address, int prefixLength) =>
        RemoveOwn(LedgerEntry.OfAddress(interfaceName, address, prefixLength));

    /// <summary>Adds a route; one that this daemon added before stays, or comes back.</summary>
    /// <param name="interfaceName">The name of its interface; null when it has none.</param>
    /// <param name="route">The route.</param>
    /// <returns><see cref="Errno.Exists"/> when there is one of another.</returns>
    public Errno AddRoute(string? interfaceName, Route route) => Add(LedgerEntry.OfRoute(interfaceName, route), () => _netlink.AddRoute(route));

    /// <summary>Removes a route, if this daemon added it.</summary>
    public Errno RemoveRoute(string? interfaceName, Route route) => RemoveOwn(LedgerEntry.OfRoute(interfaceName, route));

    /// <summary>
    /// Makes a macvlan as <see cref="Netlink.AddMacvlan"/>, and lets its parent answer ARP for its own addresses alone, and ask in their name alone,
    /// as long as there is one: else neighbours would learn the parent's hardware for the addresses of the macvlan.
    /// </summary>
    /// <returns><see cref="Errno.Exists"/> when there is an interface of that name which this daemon has not made.</returns>
    public Errno AddMacvlan(string name, string parentName, MacAddress hardware, out int index)
    {
        index = 0;
        if (_netlink.GetLink(parentName, out var parent) is var error and not Errno.None)
        {
            return error;
        }

        error = Change(parent!, Ipv4Setting.ArpIgnore, 1);
        if (error == Errno.None)
        {
            error = Change(parent!, Ipv4Setting.ArpAnnounce, 2);
        }

        var made = 0;
        if (error == Errno.None)
        {
            error = Add(LedgerEntry.OfMacvlan(name, hardware, parentName), () => _netlink.AddMacvlan(name, parent!.Index, hardware, out made));
        }

        if (error == Errno.None && made == 0)
        {
            error = _netlink.GetLink(name, out var link);
            made = link?.Index ?? 0;
        }

        index = made;
        return error;
    }

    /// <summary>Deletes a macvlan, if this daemon made it.</summary>
    public Errno RemoveMacvlan(string name, string parentName, MacAddress hardware)
    {
        var error = RemoveOwn(LedgerEntry.OfMacvlan(name, hardware, parentName));
        if (error == Errno.None && !_ledger.Entries.Keys.Any(entry => entry.Kind == LedgerKind.Macvlan && entry.Parent == parentName))
        {
            foreach (var setting in _ledger.Entries.Keys.Where(entry => entry.Kind == LedgerKind.Setting && entry.InterfaceName == parentName).ToArray())
            {
                error = RemoveOwn(setting);
            }
        }

        return error;
    }

    /// <summary>Removes everything the ledger names: at the start and the end of a run, and after a crash. What is gone already is forgotten.</summary>
    /// <returns>What was there, and whether it could be removed; what could not stays in the ledger.</returns>
    public List<CleanUpResult> CleanUp()
    {
        var results = new List<CleanUpResult>();
        foreach (var (entry, confirmed) in _ledger.Entries.OrderBy(pair => pair.Key.Kind).ToArray())
        {
            var error = IsOurs(entry, confirmed, out var ours);
            if (error == Errno.None && ours)
            {
                error = Remove(entry);
            }

            if (error == Errno.None || IsGone(error))
            {
                Report(_ledger.Forget(entry));
            }

            if (error == Errno.None ? ours : !IsGone(error))
            {
                results.Add(new CleanUpResult(entry, error));
            }
        }

        return results;
    }

    private static bool IsGone(Errno error) => error is Errno.AddressNotAvailable or Errno.NoSuchProcess or Errno.NoSuchDevice;

    private static int ValueOf(LinkInfo link, Ipv4Setting setting) =>
        (int)setting <= link.Ipv4Settings.Length ? link.Ipv4Settings[(int)setting - 1] : 0;

    private Errno Add(LedgerEntry entry, Func<Errno> add)
    {
        var owned = _ledger.Entries.TryGetValue(entry, out var confirmed) && confirmed;
        if (!owned)
        {
            Report(_ledger.Begin(entry));
        }

        var error = add();
        if (owned)
        {
            return error == Errno.Exists ? Errno.None : error;
        }

        Report(error == Errno.None ? _ledger.Confirm(entry) : _ledger.Forget(entry));
        return error;
    }

    private Errno RemoveOwn(LedgerEntry entry)
    {
        if (!_ledger.Entries.ContainsKey(entry))
        {
            return Errno.None;
        }

        var error = IsOurs(entry, _ledger.Entries[entry], out var ours);
        if (error == Errno.None && ours)
        {
            error = Remove(entry);
        }

        if (error != Errno.None && !IsGone(error))
        {
            return error;
        }

        Report(_ledger.Forget(entry));
        return Errno.None;
    }

    private Errno Remove(LedgerEntry entry)
    {
        LinkInfo? link = null;
        if (!entry.NamesNoInterface && _netlink.GetLink(entry.InterfaceName, out link) is var error and not Errno.None)
        {
            return error;
        }

        return entry.Kind switch
        {
            LedgerKind.Route => _netlink.DeleteRoute(entry.ToRoute(link?.Index ?? 0)),
            LedgerKind.Address => DeleteAddress(link!, entry),
            LedgerKind.Macvlan => _netlink.DeleteLink(link!.Index),
            _ => _netlink.SetIpv4(link!.Index, (entry.Setting, entry.FormerValue)),
        };
    }

    /// <summary>Deletes an address. Where the kernel would delete the other addresses of its network with it, which came later, it is told to keep them.</summary>
    private Errno DeleteAddress(LinkInfo link, LedgerEntry entry)
    {
        var promotes = entry.Address.IsIpv6 || ValueOf(link, Ipv4Setting.PromoteSecondaries) != 0;
        if (!promotes && _netlink.SetIpv4(link.Index, (Ipv4Setting.PromoteSecondaries, 1)) is var error and not Errno.None)
        {
            return error;
        }

        error = _netlink.DeleteAddress(link.Index, entry.Address, entry.PrefixLength);
        if (!promotes)
        {
            _ = _netlink.SetIpv4(link.Index, (Ipv4Setting.PromoteSecondaries, 0));
        }

        return error;
    }

    private Errno Change(LinkInfo link, Ipv4Setting setting, int value)
    {
        var former = ValueOf(link, setting);
        return former == value
            ? Errno.None
            : Add(LedgerEntry.OfSetting(link.Name, setting, value, former), () => _netlink.SetIpv4(link.Index, (setting, value)));
    }

    /// <summary>Whether what the system has now is what the ledger means, and not another's that came since.</summary>
    private Errno IsOurs(LedgerEntry entry, bool confirmed, out bool ours)
    {
        ours = entry.Kind == LedgerKind.Route; // The kernel deletes routes by their mark.
        if (ours)
        {
            return Errno.None;
        }

        if (_netlink.GetLink(entry.InterfaceName, out var link) is var error and not Errno.None)
        {
            return error;
        }

        if (entry.Kind == LedgerKind.Address)
        {
            var addresses = new List<InterfaceAddress>();
            error = _netlink.GetAddresses(link!.Index, entry.Address.Family, addresses);
            var found = addresses.Find(address => address.Address == entry.Address && address.PrefixLength == entry.PrefixLength);

            // Of a kernel that keeps no marks, its word that it took the address must do.
            ours = !found.Address.IsNone && (found.AddedBy == Netlink.Mark || (confirmed && !KernelKeepsMarks));
            return error;
        }

        ours = entry.Kind == LedgerKind.Macvlan
            ? link!.Kind == "macvlan" && link.Hardware == entry.Hardware
            : ValueOf(link!, entry.Setting) == entry.Value;
        return Errno.None;
    }

    private void Report(string? error)
    {
        if (error is not null)
        {
            _onLedgerError(error);
        }
    }
}
