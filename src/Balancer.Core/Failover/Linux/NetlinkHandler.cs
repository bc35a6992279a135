namespace Balancer.Failover.Linux;

/// <summary>Takes one message of an answer.</summary>
internal delegate void NetlinkHandler(NetlinkMessage message);
