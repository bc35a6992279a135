using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>balancerd and keepalived on one segment, in both roles: each heeds all the other sends, and the address is where it belongs.</summary>
[Collection(HeavyLoad.Name)]
public sealed class InteroperationScenarios
{
    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Version3Unicast)]
    [InlineData(InteroperationKind.Ipv6)]
    [InlineData(InteroperationKind.Ipv6Unicast)]
    public Task A_better_balancerd_takes_over_from_keepalived_and_gives_back_when_it_stops(InteroperationKind kind) => Interoperation.TakeOverAsync(kind);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Version3Unicast)]
    [InlineData(InteroperationKind.Ipv6)]
    [InlineData(InteroperationKind.Ipv6Unicast)]
    public Task A_better_keepalived_takes_over_from_balancerd_and_gives_back_when_it_dies(InteroperationKind kind) => Interoperation.GiveWayAsync(kind);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Ipv6)]
    public Task Priority_0_of_keepalived_is_heeded_after_the_skew_alone(InteroperationKind kind) => Interoperation.HeedPriority0Async(kind);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Ipv6)]
    public Task Of_equal_priorities_the_higher_address_is_master_whoever_began(InteroperationKind kind) => Interoperation.CompareAddressesAsync(kind);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Ipv6)]
    public Task Without_preemption_a_better_balancerd_stays_backup(InteroperationKind kind) => Interoperation.StayBackupAsync(kind);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version3)]
    [InlineData(InteroperationKind.Ipv6)]
    public Task A_changed_priority_moves_the_address_without_a_restart(InteroperationKind kind) => Interoperation.ChangePriorityAsync(kind);
}
