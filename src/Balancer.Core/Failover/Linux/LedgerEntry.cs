using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Balancer.Failover.Linux;

/// <summary>One thing the daemon added to the system, or changed of it. Interfaces are named, since their numbers change.</summary>
internal sealed record LedgerEntry
{
    private const string NoInterface = "-";
    private const string NoAddress = "-";

    private LedgerEntry(LedgerKind kind, string interfaceName)
    {
        Kind = kind;
        InterfaceName = interfaceName;
    }

    /// <summary>What it is.</summary>
    public LedgerKind Kind { get; }

    /// <summary>Where it is: the interface of an address, route or setting, or the virtual interface itself; "-" for a route that names none.</summary>
    public string InterfaceName { get; }

    /// <summary>The address, or the destination of a route.</summary>
    public NetworkAddress Address { get; private init; }

    /// <summary>Bits of the network part of <see cref="Address"/>.</summary>
    public int PrefixLength { get; private init; }

    /// <summary>The gateway of a route.</summary>
    public NetworkAddress Gateway { get; private init; }

    /// <summary>The preferred source of a route.</summary>
    public NetworkAddress Source { get; private init; }

    /// <summary>The metric of a route.</summary>
    public uint Metric { get; private init; }

    /// <summary>The table of a route.</summary>
    public uint Table { get; private init; }

    /// <summary>The hardware address of a virtual interface.</summary>
    public MacAddress Hardware { get; private init; }

    /// <summary>What a virtual interface is made on.</summary>
    public string Parent { get; private init; } = "";

    /// <summary>Which setting.</summary>
    public Ipv4Setting Setting { get; private init; }

    /// <summary>What a setting was changed to.</summary>
    public int Value { get; private init; }

    /// <summary>What a setting was before.</summary>
    public int FormerValue { get; private init; }

    /// <summary>An address of an interface.</summary>
    public static LedgerEntry OfAddress(string interfaceName, NetworkAddress address, int prefixLength) =>
        new(LedgerKind.Address, interfaceName) { Address = address, PrefixLength = prefixLength };

    /// <summary>A route, whose interface is given by name (null for none) in place of its number.</summary>
    public static LedgerEntry OfRoute(string? interfaceName, Route route) => new(LedgerKind.Route, interfaceName ?? NoInterface)
    {
        Address = route.Destination,
        PrefixLength = route.PrefixLength,
        Gateway = route.Gateway,
        Source = route.Source,
        Metric = route.Metric,
        Table = route.Table,
    };

    /// <summary>A virtual interface.</summary>
    public static LedgerEntry OfMacvlan(string name, MacAddress hardware, string parent) =>
        new(LedgerKind.Macvlan, name) { Hardware = hardware, Parent = parent };

    /// <summary>A changed setting.</summary>
    public static LedgerEntry OfSetting(string interfaceName, Ipv4Setting setting, int value, int formerValue) =>
        new(LedgerKind.Setting, interfaceName) { Setting = setting, Value = value, FormerValue = formerValue };

    /// <summary>Reads what <see cref="ToString"/> wrote; false when it is anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LedgerEntry? entry)
    {
        entry = text.Split(' ') switch
        {
            ["address", var name, var network] when TryParseNetwork(network, out var address, out var prefixLength) => OfAddress(name, address, prefixLength),
            ["route", var name, var network, "via", var via, "src", var from, "metric", var preference, "table", var number]
                when TryParseNetwork(network, out var destination, out var prefixLength)
                    && TryParseAddress(via, out var gateway)
                    && TryParseAddress(from, out var source)
                    && uint.TryParse(preference, NumberStyles.None, null, out var metric)
                    && uint.TryParse(number, NumberStyles.None, null, out var table) => new(LedgerKind.Route, name)
                    {
                        Address = destination,
                        PrefixLength = prefixLength,
                        Gateway = gateway,
                        Source = source,
                        Metric = metric,
                        Table = table,
                    },
            ["macvlan", var name, var mac, "on", var parent] when MacAddress.TryParse(mac, out var hardware) => OfMacvlan(name, hardware, parent),
            ["setting", var name, var word, var now, "was", var before]
                when Enum.TryParse<Ipv4Setting>(word, out var setting)
                    && Enum.IsDefined(setting)
                    && int.TryParse(now, NumberStyles.None, null, out var value)
                    && int.TryParse(before, NumberStyles.None, null, out var formerValue) => OfSetting(name, setting, value, formerValue),
            _ => null,
        };
        if (entry?.InterfaceName.Length == 0)
        {
            entry = null;
        }

        return entry is not null;
    }

    /// <summary>The route on the interface of that number.</summary>
    public Route ToRoute(int interfaceIndex) => new()
    {
        Destination = Address,
        PrefixLength = PrefixLength,
        InterfaceIndex = interfaceIndex,
        Gateway = Gateway,
        Source = Source,
        Metric = Metric,
        Table = Table,
    };

    /// <summary>Whether it is a route that names no interface.</summary>
    public bool NamesNoInterface => InterfaceName == NoInterface;

    /// <summary>One line without its end, as in "address eth0 10.0.1.100/24".</summary>
    public override string ToString() => Kind switch
    {
        LedgerKind.Address => $"address {InterfaceName} {Address}/{PrefixLength}",
        LedgerKind.Route => $"route {InterfaceName} {Address}/{PrefixLength} via {OrNone(Gateway)} src {OrNone(Source)} metric {Metric} table {Table}",
        LedgerKind.Macvlan => $"macvlan {InterfaceName} {Hardware} on {Parent}",
        _ => $"setting {InterfaceName} {Setting} {Value} was {FormerValue}",
    };

    private static string OrNone(NetworkAddress address) => address.IsNone ? NoAddress : address.ToString();

    private static bool TryParseAddress(string text, out NetworkAddress address)
    {
        address = default;
        return text == NoAddress || NetworkAddress.TryParse(text, out address);
    }

    private static bool TryParseNetwork(string text, out NetworkAddress address, out int prefixLength)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        address = default;
        prefixLength = 0;
        return slash > 0
            && NetworkAddress.TryParse(text.AsSpan(0, slash), out address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, null, out prefixLength)
            && prefixLength <= address.Length * 8;
    }
}
