using System.Net;

namespace Balancer.Configuration;

/// <summary><c>[vrrp_instance.NAME]</c>: addresses that one of several gateways holds, by VRRP.</summary>
public sealed record VrrpInstanceConfig
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>interface</c>: the network interface it speaks on.</summary>
    public string Interface { get; init; } = "";

    /// <summary><c>virtual_router_id</c>, 1 to 255: the same on all gateways, and no other's on the link.</summary>
    public int VirtualRouterId { get; init; }

    /// <summary><c>priority</c>, 1 to 255, which owns the addresses. Default 100.</summary>
    public int Priority { get; init; } = 100;

    /// <summary><c>advert_int</c>: 10 ms to 40.95 s. Default 1 s.</summary>
    public TimeSpan AdvertInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>version</c>: 2 or 3; null is 2 for IPv4 and 3 for IPv6, as in keepalived.</summary>
    public int? Version { get; init; }

    /// <summary><c>virtual_ipaddress</c> in the order written.</summary>
    public IReadOnlyList<VrrpAddressConfig> Addresses { get; init; } = [];

    /// <summary><c>virtual_ipaddress_excluded</c>: held like the others, but not advertised.</summary>
    public IReadOnlyList<VrrpAddressConfig> ExcludedAddresses { get; init; } = [];

    /// <summary><c>virtual_routes</c>: routes that come and go with the addresses, in the order written.</summary>
    public IReadOnlyList<VrrpRouteConfig> Routes { get; init; } = [];

    /// <summary><c>use_vmac</c>: the addresses have the hardware address of the virtual router, on an interface of their own. Default false.</summary>
    public VrrpVmacConfig Vmac { get; init; } = new(false, null);

    /// <summary><c>accept</c>: answers on the addresses it holds, which is always so. Default true.</summary>
    public bool Accepts { get; init; } = true;

    /// <summary><c>unicast_src_ip</c>, which also stands for keepalived's <c>mcast_src_ip</c>: the address advertisements are sent from; null is the first of the interface.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary><c>unicast_peer</c>: the other gateways, where there is no multicast; empty for multicast.</summary>
    public IReadOnlyList<IPAddress> UnicastPeers { get; init; } = [];

    /// <summary><c>nopreempt</c>: does not take over from a master of lower priority. Default false.</summary>
    public bool NoPreempt { get; init; }

    /// <summary><c>preempt_delay</c>: how long a master of lower priority is heard before it is preempted. Default 0.</summary>
    public TimeSpan PreemptDelay { get; init; }

    /// <summary><c>authentication</c> of version 2: a password in clear, up to 8 bytes; null has none.</summary>
    public string? Password { get; init; }

    /// <summary><c>v3_checksum_as_v2</c>: the checksum of version 3 over IPv4 without pseudo-header. Default false.</summary>
    public bool OmitsPseudoHeader { get; init; }

    /// <summary><c>garp_master_delay</c>: after how long a new master announces its addresses again; 0 never. Default 5 s.</summary>
    public TimeSpan AnnounceDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>garp_master_repeat</c>: how often in a row. Default 5.</summary>
    public int AnnounceRepeats { get; init; } = 5;

    /// <summary><c>garp_master_refresh</c>: how often a lasting master announces its addresses; 0 never. Default 1 min.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>garp_master_refresh_repeat</c>: how often in a row. Default 1.</summary>
    public int RefreshRepeats { get; init; } = 1;

    /// <summary><c>track_interface</c>: weights by the names of interfaces.</summary>
    public IReadOnlyDictionary<string, VrrpWeight> TrackedInterfaces { get; init; } = new Dictionary<string, VrrpWeight>();

    /// <summary><c>track_upstream</c>: weights by the names of pools.</summary>
    public IReadOnlyDictionary<string, VrrpWeight> TrackedUpstreams { get; init; } = new Dictionary<string, VrrpWeight>();

    /// <summary><c>track_listener</c>: weights by the addresses of <c>listen</c>.</summary>
    public IReadOnlyDictionary<string, VrrpWeight> TrackedListeners { get; init; } = new Dictionary<string, VrrpWeight>();

    /// <summary><c>track_file</c>: weights by the paths of files, which hold a number that the weight is multiplied with.</summary>
    public IReadOnlyDictionary<string, VrrpWeight> TrackedFiles { get; init; } = new Dictionary<string, VrrpWeight>();

    /// <summary><c>track_script</c>: weights by the names of <c>[vrrp_script.NAME]</c>; null as weight is that of the script.</summary>
    public IReadOnlyDictionary<string, VrrpWeight> TrackedScripts { get; init; } = new Dictionary<string, VrrpWeight>();

    /// <summary><c>self_probe_timeout</c>: a gateway whose listeners have not answered its own probes for so long is in fault; 0 never. Default 3 s.</summary>
    public TimeSpan SelfProbeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>notify</c> and the like.</summary>
    public VrrpCommands Commands { get; init; } = new();

    /// <summary>The name of the interface that is made for <see cref="Vmac"/>; null when it is not used.</summary>
    public string? VirtualInterface => Vmac.IsUsed ? Vmac.Name ?? $"{(IsIpv6 ? "vrrp6" : "vrrp")}.{VirtualRouterId}" : null;

    /// <summary>Whether the addresses advertised are IPv6.</summary>
    public bool IsIpv6 => Addresses is [{ Address.AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 }, ..];

    /// <summary>The version spoken: 2 or 3.</summary>
    public int EffectiveVersion => Version ?? (IsIpv6 ? 3 : 2);
}
