using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>What all virtual routers of the gateway share. For the thread of the heartbeat.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Netlink">The connection to the kernel that changes interfaces and addresses.</param>
/// <param name="Links">What interfaces and addresses there are.</param>
/// <param name="Announcer">Gratuitous ARP and neighbour advertisements.</param>
/// <param name="Owned">What is added to the system.</param>
/// <param name="Log">What is told to people.</param>
/// <param name="Commands">What is run when something changes.</param>
/// <param name="Time">The wall clock.</param>
internal sealed record FailoverServices(FailoverThread Thread, Netlink Netlink, LinkTable Links, AddressAnnouncer Announcer, OwnedAddresses Owned, FailoverLog Log, NotifyCommands Commands, TimeProvider Time);
