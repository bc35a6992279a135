using System.Net;
using System.Net.Sockets;

namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[vrrp_instance.NAME]</c>, which are keepalived's.</summary>
internal static class VrrpInstanceLevel
{
    private const int LongestPassword = 8;
    private const long TicksPerCentisecond = TimeSpan.TicksPerMillisecond * 10;

    private static readonly TimeSpan ShortestSelfProbe = TimeSpan.FromSeconds(1);

    private static readonly TimeType Interval = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(40_950));

    private static readonly TextType InterfaceName = new("text", "the name of a network interface, such as \"eth0\"", VrrpAddressType.IsInterface);

    private static readonly ListType<VrrpAddressConfig> AddressesType = new(new VrrpAddressType());

    private static readonly ListType<VrrpRouteConfig> RoutesType = new(new VrrpRouteType());

    public static ConfigLevel<VrrpInstanceConfig> Level { get; } = new("[vrrp_instance.NAME]",
    [
        Key.Always<VrrpInstanceConfig, string>(
            "interface", InterfaceName, static i => i.Interface, static (i, v) => i with { Interface = v }, null,
            "The network interface it speaks on.", "\"eth0\"", Keepalived("interface"), required: true),
        Key.Always<VrrpInstanceConfig, int>(
            "virtual_router_id", new IntegerType(1, 255), static i => i.VirtualRouterId, static (i, v) => i with { VirtualRouterId = v }, null,
            "The same on all gateways of one address, and no other's on the link.", "51", Keepalived("virtual_router_id"), required: true),
        Key.Always<VrrpInstanceConfig, IReadOnlyList<VrrpAddressConfig>>(
            "virtual_ipaddress", AddressesType, static i => i.Addresses, static (i, v) => i with { Addresses = v }, null,
            "The addresses the master holds, all IPv4 or all IPv6, with prefix length, and `dev` and `label` where they are others. The list must be the same on all gateways. The first of IPv6 is link-local.", "[\"10.0.1.100/24\"]", Keepalived("virtual_ipaddress"), required: true),
        Key.OptionalRef<VrrpInstanceConfig, IReadOnlyList<VrrpAddressConfig>>(
            "virtual_ipaddress_excluded", AddressesType, static i => i.ExcludedAddresses.Count == 0 ? null : i.ExcludedAddresses, static (i, v) => i with { ExcludedAddresses = v }, null,
            "Addresses the master holds too and does not advertise: of the other family, or many.", "[\"fd00::100/64\"]", Keepalived("virtual_ipaddress_excluded")),
        Key.OptionalRef<VrrpInstanceConfig, IReadOnlyList<VrrpRouteConfig>>(
            "virtual_routes", RoutesType, static i => i.Routes.Count == 0 ? null : i.Routes, static (i, v) => i with { Routes = v }, null,
            "Routes the master has: a network or `default`, and `via`, `dev` (without it the interface), `src`, `metric` and `table` where they are wanted. They are added after the addresses, so that `src` may be one of these, and removed before them; what another has added stays. One that cannot be added is logged and tried again every 5 s.", "[\"192.0.2.0/24 via 10.0.1.254 src 10.0.1.100\", \"default via 10.0.1.254 table 7\"]", Keepalived("virtual_routes")),
        Key.Always<VrrpInstanceConfig, int>(
            "priority", new IntegerType(1, 255), static i => i.Priority, static (i, v) => i with { Priority = v }, "100",
            "The gateway with the highest is master. 255 says that the addresses are its own.", "110", Keepalived("priority")),
        Key.Always<VrrpInstanceConfig, TimeSpan>(
            "advert_int", Interval, static i => i.AdvertInterval, static (i, v) => i with { AdvertInterval = v }, "\"1s\"",
            "How often a master is heard. A backup takes over after three times that and up to one more, by its priority. Whole hundredths of a second; in version 2 whole seconds.", "\"100ms\"", Keepalived("advert_int")),
        Key.Optional<VrrpInstanceConfig, int>(
            "version", new IntegerType(2, 3), static i => i.Version, static (i, v) => i with { Version = v }, null,
            "The version of VRRP. Without it 2 for IPv4 and 3 for IPv6, as in keepalived. An interval under a second needs 3.", "3", Keepalived("version")),
        Key.OptionalRef<VrrpInstanceConfig, IPAddress>(
            "unicast_src_ip", IpAddressType.Instance, static i => i.SourceAddress, static (i, v) => i with { SourceAddress = v }, null,
            "The address advertisements are sent from. Without it the first of the interface.", "\"10.0.1.10\"", "keepalived `unicast_src_ip`, `mcast_src_ip`"),
        Key.OptionalRef<VrrpInstanceConfig, IReadOnlyList<IPAddress>>(
            "unicast_peer", new ListType<IPAddress>(IpAddressType.Instance, splits: true), static i => i.UnicastPeers.Count == 0 ? null : i.UnicastPeers, static (i, v) => i with { UnicastPeers = v }, null,
            "The other gateways, where the network has no multicast. Advertisements of others are not heeded.", "[\"10.0.1.11\"]", Keepalived("unicast_peer")),
        Key.Always<VrrpInstanceConfig, bool>(
            "nopreempt", BooleanType.Instance, static i => i.NoPreempt, static (i, v) => i with { NoPreempt = v }, "false",
            "Does not take over from a living master of lower priority.", "true", Keepalived("nopreempt")),
        Key.Always<VrrpInstanceConfig, VrrpVmacConfig>(
            "use_vmac", new VrrpVmacType(), static i => i.Vmac, static (i, v) => i with { Vmac = v }, "false",
            "Gives the addresses the hardware address of the virtual router, 00:00:5e:00:01:ID (IPv6 00:00:5e:00:02:ID), which is the same whoever is master: neighbours have nothing to learn. They are on an interface that is made for it and is up while this gateway is master: `vrrp.ID` (IPv6 `vrrp6.ID`), or the name given. Advertisements leave by it too, but not those to `unicast_peer`.", "true", Keepalived("use_vmac")),
        Key.Always<VrrpInstanceConfig, bool>(
            "accept", BooleanType.Instance, static i => i.Accepts, static (i, v) => i with { Accepts = v }, "true",
            "Answers on the addresses it holds. It is always so: `false` is refused.", "true", Keepalived("accept")),
        Key.Always<VrrpInstanceConfig, TimeSpan>(
            "preempt_delay", TimeType.FromZero, static i => i.PreemptDelay, static (i, v) => i with { PreemptDelay = v }, "0",
            "How long a master of lower priority is heard before it is preempted.", "\"30s\"", Keepalived("preempt_delay")),
        Key.OptionalRef<VrrpInstanceConfig, string>(
            "authentication", new TextType("text", "a password of up to 8 ASCII characters", static text => text.Length is > 0 and <= LongestPassword && text.All(static c => c is > ' ' and < '\x7f')),
            static i => i.Password, static (i, v) => i with { Password = v }, null,
            "The password of version 2, keepalived's `auth_type PASS`. It is sent in clear, and guards against mistakes only.", "\"secret\"", Keepalived("authentication")),
        Key.Always<VrrpInstanceConfig, bool>(
            "v3_checksum_as_v2", BooleanType.Instance, static i => i.OmitsPseudoHeader, static (i, v) => i with { OmitsPseudoHeader = v }, "false",
            "The checksum of version 3 over IPv4 leaves the pseudo-header out, as some routers do. Both are always heeded.", "true", Keepalived("v3_checksum_as_v2")),
        Key.Always<VrrpInstanceConfig, TimeSpan>(
            "garp_master_delay", TimeType.FromZero, static i => i.AnnounceDelay, static (i, v) => i with { AnnounceDelay = v }, "\"5s\"",
            "After how long a new master announces its addresses once more. 0: not again.", "\"1s\"", Keepalived("garp_master_delay")),
        Key.Always<VrrpInstanceConfig, int>(
            "garp_master_repeat", new IntegerType(1, 100), static i => i.AnnounceRepeats, static (i, v) => i with { AnnounceRepeats = v }, "5",
            "How many announcements in a row.", "3", Keepalived("garp_master_repeat")),
        Key.Always<VrrpInstanceConfig, TimeSpan>(
            "garp_master_refresh", TimeType.FromZero, static i => i.RefreshInterval, static (i, v) => i with { RefreshInterval = v }, "\"1m\"",
            "How often a lasting master announces its addresses. 0: never, which is keepalived's default.", "\"10s\"", Keepalived("garp_master_refresh")),
        Key.Always<VrrpInstanceConfig, int>(
            "garp_master_refresh_repeat", new IntegerType(1, 100), static i => i.RefreshRepeats, static (i, v) => i with { RefreshRepeats = v }, "1",
            "How many of these in a row.", "2", Keepalived("garp_master_refresh_repeat")),
        Tracked("track_interface", "an interface", static i => i.TrackedInterfaces, static (i, v) => i with { TrackedInterfaces = v },
            "Interfaces that must be up, beside its own.", "[\"eth1\", \"eth2 weight -20\"]", Keepalived("track_interface")),
        Tracked("track_upstream", "a pool", static i => i.TrackedUpstreams, static (i, v) => i with { TrackedUpstreams = v },
            "Pools that must have a server that takes requests.", "{ admin_backend = -30 }", ""),
        Tracked("track_listener", "an address of listen", static i => i.TrackedListeners, static (i, v) => i with { TrackedListeners = v },
            "Addresses of `listen` that must accept connections, and answer the gateway's own probes (`self_probe_timeout`).", "{ \"10.0.1.100:80\" = -30 }", ""),
        Key.Always<VrrpInstanceConfig, TimeSpan>(
            "self_probe_timeout", TimeType.FromZero, static i => i.SelfProbeTimeout, static (i, v) => i with { SelfProbeTimeout = v }, "\"3s\"",
            "The gateway opens connections to its own listeners, one each `advert_int` but not more than ten a second, nor fewer than one, and answers them itself, without a trace in logs and metrics of clients. When none was answered for so long the instance is in fault until three in a row are. At least 1 s; 0: it is never in fault for that.", "\"5s\"", ""),
        Tracked("track_file", "a file", static i => i.TrackedFiles, static (i, v) => i with { TrackedFiles = v },
            "Files that hold a number, which is multiplied with the weight; a file that is missing or empty holds 0. With weight 0, another number than 0 is a fault.", "{ \"/run/balancer/maintenance\" = -50 }", Keepalived("track_file")),
        Tracked("track_script", "a [vrrp_script.NAME]", static i => i.TrackedScripts, static (i, v) => i with { TrackedScripts = v },
            "Scripts that must succeed.", "[\"check_route\"]", Keepalived("track_script"), inherits: true),
        .. VrrpCommandKeys.Of<VrrpInstanceConfig>(static i => i.Commands, static (i, v) => i with { Commands = v }, "`INSTANCE`, the name, the state in capitals and the priority", "it"),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["state"] = "is needless here: a gateway begins as backup, and becomes master when no better one is heard; priority = 255 begins as master",
            ["preempt"] = "is needless here: it is so without nopreempt",
            ["mcast_src_ip"] = "is called 'unicast_src_ip', which holds for multicast too",
            ["dont_track_primary"] = "is not supported: without its own interface it cannot be heard",
            ["track_process"] = RefusedDirectives.NotYet,
            ["track_bfd"] = RefusedDirectives.NotYet,
            ["vmac_xmit_base"] = RefusedDirectives.NotYet,
            ["virtual_rules"] = RefusedDirectives.NotYet,
            ["garp_lower_prio_delay"] = "is needless here: addresses are announced whenever another master is heard, and when it is silent again",
            ["garp_lower_prio_repeat"] = "is called 'garp_master_repeat'",
            ["higher_prio_send_advert"] = "is needless here: a master that steps down always says so",
            ["lower_prio_no_advert"] = "is needless here: a master always answers another of lower priority",
            ["strict_mode"] = "is needless here: packets are checked as the RFC demands",
            ["native_ipv6"] = "is needless here: the family of virtual_ipaddress decides",
        },
        Complete = Check,
    };

    private static LevelKey<VrrpInstanceConfig> Tracked(
        string name, string what, Func<VrrpInstanceConfig, IReadOnlyDictionary<string, VrrpWeight>> get, Func<VrrpInstanceConfig, IReadOnlyDictionary<string, VrrpWeight>, VrrpInstanceConfig> with,
        string summary, string example, string origin, bool inherits = false) =>
        Key.OptionalRef<VrrpInstanceConfig, IReadOnlyDictionary<string, VrrpWeight>>(
            name, new WeightsType(what, inherits), i => get(i) is { Count: > 0 } weights ? weights : null, with, null,
            $"{summary} A positive weight is added to the priority while it is so, a negative one while it is not; with 0, or without a weight, the instance is in fault while it is not.", example, origin);

    private static string Keepalived(string name) => $"keepalived `{name}`";

    private static VrrpInstanceConfig Check(VrrpInstanceConfig instance, BoundKeys bound, BindContext context)
    {
        if (!instance.Accepts)
        {
            context.Fail(bound.PositionOf("accept"), "accept = false is not supported: the gateway serves on the addresses it holds, and could not");
        }

        if (instance.Routes.GroupBy(static r => r.Key).FirstOrDefault(static g => g.Skip(1).Any()) is { } route)
        {
            context.Fail(bound.PositionOf("virtual_routes"), $"the route '{route.Key}' is given twice");
        }

        if (instance.SelfProbeTimeout > TimeSpan.Zero && instance.SelfProbeTimeout < ShortestSelfProbe)
        {
            context.Fail(bound.PositionOf("self_probe_timeout"), "a gateway is not given up in less than a second, expected a time from \"1s\", or 0");
        }

        if (instance.Addresses.Count == 0)
        {
            return instance;
        }

        var family = instance.Addresses[0].Address.AddressFamily;
        if (instance.Addresses.Any(a => a.Address.AddressFamily != family))
        {
            context.Fail(bound.PositionOf("virtual_ipaddress"), "found addresses of IPv4 and of IPv6, expected one family; put the others into virtual_ipaddress_excluded or an instance of their own");
        }

        if (family == AddressFamily.InterNetworkV6 && !instance.Addresses[0].Address.IsIPv6LinkLocal)
        {
            context.Fail(bound.PositionOf("virtual_ipaddress"), "the first address of IPv6 must be link-local (fe80::/10), as the RFC demands");
        }

        if (instance.Addresses.Concat(instance.ExcludedAddresses).GroupBy(static a => a.Address).FirstOrDefault(static g => g.Skip(1).Any()) is { } twice)
        {
            context.Fail(bound.PositionOf("virtual_ipaddress"), $"the address '{twice.Key}' is given twice");
        }

        if (instance.VirtualInterface == instance.Interface)
        {
            context.Fail(bound.PositionOf("use_vmac"), $"'{instance.Interface}' is the interface it is made on, expected another name");
        }

        CheckVersion(instance, family, bound, context);
        if (instance.SourceAddress is { } source && source.AddressFamily != family)
        {
            context.Fail(bound.PositionOf("unicast_src_ip"), $"'{source}' is of another family than virtual_ipaddress");
        }

        if (instance.UnicastPeers.FirstOrDefault(p => p.AddressFamily != family) is { } other)
        {
            context.Fail(bound.PositionOf("unicast_peer"), $"'{other}' is of another family than virtual_ipaddress");
        }

        return instance;
    }

    private static void CheckVersion(VrrpInstanceConfig instance, AddressFamily family, BoundKeys bound, BindContext context)
    {
        if (instance.EffectiveVersion == 3)
        {
            if (instance.AdvertInterval.Ticks % TicksPerCentisecond != 0)
            {
                context.Fail(bound.PositionOf("advert_int"), "version 3 counts hundredths of a second, expected a multiple of \"10ms\"");
            }

            if (instance.Password is not null)
            {
                context.Fail(bound.PositionOf("authentication"), "version 3 has no authentication: remove it, or set version = 2");
            }

            return;
        }

        if (family == AddressFamily.InterNetworkV6)
        {
            context.Fail(bound.PositionOf("version"), "version 2 has no IPv6, expected version = 3");
        }

        if (instance.AdvertInterval.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            context.Fail(bound.PositionOf("advert_int"), "version 2 counts whole seconds: set version = 3 on all gateways for shorter intervals");
        }
    }
}
