namespace Balancer.Failover;

/// <summary>How balancerd and keepalived speak with each other.</summary>
public enum InteroperationKind
{
    Version2,
    Version2Password,
    Version2Unicast,
    Version3,
    Version3Unicast,
    Ipv6,
    Ipv6Unicast,
}
