namespace Balancer.Failover.Linux;

/// <summary>Settings of an interface under net.ipv4.conf, by the kernel's numbers (IPV4_DEVCONF_*).</summary>
internal enum Ipv4Setting
{
    /// <summary>rp_filter: 0 and 2 take packets whose way back would be another interface, 2 only when there is one.</summary>
    ReversePathFilter = 8,

    /// <summary>arp_filter: 1 answers only when the way back is the interface that was asked.</summary>
    ArpFilter = 13,

    /// <summary>arp_announce: 2 asks for neighbours in the name of an address of the interface asked by, whatever the packet comes from.</summary>
    ArpAnnounce = 18,

    /// <summary>arp_ignore: 1 answers only for addresses of the interface that was asked.</summary>
    ArpIgnore = 19,

    /// <summary>promote_secondaries: 1 keeps the other addresses of a network when the first one goes.</summary>
    PromoteSecondaries = 20,

    /// <summary>accept_local: 1 takes packets whose source is an address of this host.</summary>
    AcceptLocal = 23,
}
