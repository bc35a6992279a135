using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>The same with version 2. It counts in seconds, so all run side by side, each on a segment of its own, from the first that is asked for.</summary>
[Collection(HeavyLoad.Name)]
public sealed class Version2InteroperationScenarios
{
    private static readonly Lazy<Dictionary<(string Scenario, InteroperationKind Kind), Task>> Runs = new(Start);

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version2)]
    [InlineData(InteroperationKind.Version2Password)]
    [InlineData(InteroperationKind.Version2Unicast)]
    public Task A_better_balancerd_takes_over_from_keepalived_and_gives_back_when_it_stops(InteroperationKind kind) => Runs.Value[(nameof(Interoperation.TakeOverAsync), kind)];

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version2)]
    [InlineData(InteroperationKind.Version2Password)]
    [InlineData(InteroperationKind.Version2Unicast)]
    public Task A_better_keepalived_takes_over_from_balancerd_and_gives_back_when_it_dies(InteroperationKind kind) => Runs.Value[(nameof(Interoperation.GiveWayAsync), kind)];

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version2)]
    public Task Priority_0_of_keepalived_is_heeded_after_the_skew_alone(InteroperationKind kind) => Runs.Value[(nameof(Interoperation.HeedPriority0Async), kind)];

    [SegmentTheory("keepalived")]
    [InlineData(InteroperationKind.Version2)]
    public Task A_changed_priority_moves_the_address_without_a_restart(InteroperationKind kind) => Runs.Value[(nameof(Interoperation.ChangePriorityAsync), kind)];

    private static Dictionary<(string Scenario, InteroperationKind Kind), Task> Start()
    {
        var runs = new Dictionary<(string, InteroperationKind), Task>();
        foreach (var kind in (InteroperationKind[])[InteroperationKind.Version2, InteroperationKind.Version2Password, InteroperationKind.Version2Unicast])
        {
            runs[(nameof(Interoperation.TakeOverAsync), kind)] = Task.Run(() => Interoperation.TakeOverAsync(kind));
            runs[(nameof(Interoperation.GiveWayAsync), kind)] = Task.Run(() => Interoperation.GiveWayAsync(kind));
        }

        runs[(nameof(Interoperation.HeedPriority0Async), InteroperationKind.Version2)] = Task.Run(() => Interoperation.HeedPriority0Async(InteroperationKind.Version2));
        runs[(nameof(Interoperation.ChangePriorityAsync), InteroperationKind.Version2)] = Task.Run(() => Interoperation.ChangePriorityAsync(InteroperationKind.Version2));
        return runs;
    }
}
