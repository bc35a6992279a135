namespace Balancer.Failover;

/// <summary>The states of RFC 9568 section 6.4, with two routers on one segment.</summary>
public sealed class VrrpRouterTests
{
    private const long Millisecond = 1000;
    private const long Second = 1_000_000;

    private readonly Segment _segment = new();
    private readonly RouterOnSegment _first;
    private readonly RouterOnSegment _second;

    public VrrpRouterTests()
    {
        _first = _segment.Add("10.9.0.1", 110, with: Announcing);
        _second = _segment.Add("10.9.0.2", 100, with: Announcing);
    }

    [Fact]
    public void A_lone_router_becomes_master_when_no_other_was_heard_for_three_intervals_and_its_skew()
    {
        _first.Start();

        Assert.Equal(VrrpState.Backup, _first.State);
        Assert.InRange(_segment.RunUntil(() => _first.State == VrrpState.Master), 3570 * Millisecond, 3572 * Millisecond);
        Assert.Equal([(VrrpState.Backup, VrrpReason.Start), (VrrpState.Master, VrrpReason.MasterSilent)], _first.Transitions);
        Assert.True(_first.Holds);
        Assert.Single(_first.Sent);
        Assert.Single(_first.Announced);
    }

    [Fact]
    public void The_owner_of_the_addresses_is_master_at_once()
    {
        var owner = _segment.Add("10.9.0.3", 255);

        owner.Start();

        Assert.Equal([(VrrpState.Master, VrrpReason.Owner)], owner.Transitions);
        Assert.Equal(255, Assert.Single(owner.Sent).Priority);
    }

    [Fact]
    public void Of_two_the_one_with_the_higher_priority_becomes_master()
    {
        StartBoth();

        Assert.Equal((VrrpState.Master, VrrpState.Backup), (_first.State, _second.State));
        Assert.Single(_second.Transitions);
    }

    [Fact]
    public void Of_equal_priorities_the_higher_address_stays_master()
    {
        var third = _segment.Add("10.9.0.3", 110);
        _first.IsCutOff = true;
        _first.Start();
        third.Start();
        _segment.Run(5 * Second);
        Assert.Equal((VrrpState.Master, VrrpState.Master), (_first.State, third.State));

        _first.IsCutOff = false;
        _segment.Run(2 * Second);

        Assert.Equal((VrrpState.Backup, VrrpState.Master), (_first.State, third.State));
        Assert.Equal(VrrpReason.HigherMaster, _first.Transitions[^1].Reason);
    }

    [Fact]
    public void A_backup_that_did_not_run_listens_for_one_interval_more()
    {
        StartBoth();
        var silent = _second.Router.NextDeadline;

        var woken = silent + Second + 1;
        _second.Router.OnDeadline(woken);
        Assert.Equal((VrrpState.Backup, woken + Second), (_second.State, _second.Router.NextDeadline));

        _second.Router.OnAdvertisement(woken + 1, new VrrpAdvertisement(_first.Address, 110, Second));
        Assert.Equal(VrrpState.Backup, _second.State);
        Assert.True(_second.Router.NextDeadline > woken + (3 * Second));
    }

    [Fact]
    public void A_backup_that_did_not_run_twice_takes_over_the_second_time()
    {
        StartBoth();
        _second.Router.OnDeadline(_second.Router.NextDeadline + Second + 1);
        Assert.Equal(VrrpState.Backup, _second.State);

        _second.Router.OnDeadline(_second.Router.NextDeadline + Second + 1);
        Assert.Equal(VrrpState.Master, _second.State);
    }

    [Fact]
    public void A_backup_that_is_late_by_an_interval_at_most_takes_over()
    {
        StartBoth();
        _second.Router.OnDeadline(_second.Router.NextDeadline + Second);

        Assert.Equal(VrrpState.Master, _second.State);
    }

    [Fact]
    public void A_master_advertises_once_per_interval_and_announces_again_after_its_delay()
    {
        _first.Start();
        _segment.RunUntil(() => _first.State == VrrpState.Master);
        var begin = _first.Sent[0].At;

        _segment.Run(10 * Second);

        Assert.Equal(Enumerable.Range(0, 11).Select(n => begin + (n * Second)), _first.Sent.Select(s => s.At));
        Assert.Equal([begin, begin + (5 * Second)], _first.Announced);
    }

    [Fact]
    public void A_lasting_master_announces_in_every_refresh_interval()
    {
        var router = _segment.Add("10.9.0.3", 255, with: t => t with { RefreshInterval = 60 * Second });
        router.Start();

        _segment.Run(181 * Second);

        Assert.Equal([0, 60 * Second, 120 * Second, 180 * Second], router.Announced);
    }

    [Fact]
    public void A_backup_takes_over_from_a_master_that_died()
    {
        StartBoth();
        _first.IsAlive = false;
        var last = _first.Sent[^1].At;

        _segment.RunUntil(() => _second.State == VrrpState.Master);

        Assert.InRange(_segment.Now - last, 3609 * Millisecond, 3612 * Millisecond);
        Assert.Equal(VrrpReason.MasterSilent, _second.Transitions[^1].Reason);
    }

    [Fact]
    public void A_backup_goes_by_the_interval_of_the_master()
    {
        var fast = _segment.Add("10.9.0.3", 120, interval: 20 * Millisecond);
        fast.Start();
        _second.Start();
        _segment.Run(2 * Second);
        fast.IsAlive = false;

        Assert.InRange(_segment.RunUntil(() => _second.State == VrrpState.Master), 50 * Millisecond, 75 * Millisecond);
    }

    [Fact]
    public void Version_2_has_its_skew_in_parts_of_a_second()
    {
        var router = _segment.Add("10.9.0.3", 128, interval: 2 * Second, with: t => t with { Version = 2 });
        router.Start();

        Assert.InRange(_segment.RunUntil(() => router.State == VrrpState.Master), 6500 * Millisecond, 6501 * Millisecond);
    }

    [Fact]
    public void A_master_that_stops_answers_until_its_successor_is_heard()
    {
        StartBoth();

        _first.Router.Stop(_segment.Now);
        Assert.Equal(VrrpState.Leaving, _first.State);
        Assert.True(_first.Holds);
        var gone = _segment.RunUntil(() => !_first.Holds);

        // The skew of priority 100 is 156/256 of a second.
        Assert.InRange(gone, 609 * Millisecond, 612 * Millisecond);
        Assert.Equal(_second.TakenAt + _segment.Delay, _first.ReleasedAt);
        Assert.Equal((VrrpState.Initialize, VrrpReason.SuccessorHeard), _first.Transitions[^1]);
        Assert.Equal((VrrpState.Master, VrrpReason.MasterLeft), _second.Transitions[^1]);
        Assert.Single(_first.Sent, s => s.Priority == 0);
    }

    [Fact]
    public void A_master_without_successor_gives_up_after_an_interval_and_a_half_second()
    {
        _first.Start();
        _segment.RunUntil(() => _first.State == VrrpState.Master);

        _first.Router.Stop(_segment.Now);

        Assert.InRange(_segment.RunUntil(() => !_first.Holds), 1500 * Millisecond, 1501 * Millisecond);
        Assert.Equal((VrrpState.Initialize, VrrpReason.NoSuccessor), _first.Transitions[^1]);
        Assert.Equal(long.MaxValue, _first.Router.NextDeadline);
    }

    [Fact]
    public void A_backup_that_stops_says_nothing()
    {
        StartBoth();

        _second.Router.Stop(_segment.Now);

        Assert.Equal(VrrpState.Initialize, _second.State);
        Assert.Empty(_second.Sent);
    }

    [Fact]
    public void A_better_router_preempts_and_both_agree_at_once()
    {
        _second.Start();
        _segment.RunUntil(() => _second.State == VrrpState.Master);

        _first.Start();
        _segment.RunUntil(() => _first.State == VrrpState.Master);
        _segment.Run(Millisecond);

        Assert.Equal(VrrpReason.Preempt, _first.Transitions[^1].Reason);
        Assert.Equal((VrrpState.Backup, VrrpReason.HigherMaster), _second.Transitions[^1]);
        Assert.False(_second.Holds);
    }

    [Fact]
    public void Without_preemption_a_better_router_waits_until_the_master_falls_silent()
    {
        var better = _segment.Add("10.9.0.3", 200, with: t => t with { Preempts = false });
        _second.Start();
        _segment.RunUntil(() => _second.State == VrrpState.Master);
        better.Start();

        _segment.Run(60 * Second);
        Assert.Equal(VrrpState.Backup, better.State);
        _second.IsAlive = false;
        _segment.Run(4 * Second);

        Assert.Equal(VrrpState.Master, better.State);
    }

    [Fact]
    public void Preemption_waits_for_its_delay()
    {
        var better = _segment.Add("10.9.0.3", 200, with: t => t with { PreemptDelay = 30 * Second });
        _second.Start();
        _segment.RunUntil(() => _second.State == VrrpState.Master);
        better.Start();

        Assert.InRange(_segment.RunUntil(() => better.State == VrrpState.Master), 30 * Second, 34 * Second);
    }

    [Fact]
    public void A_split_heals_within_an_interval_and_the_winner_has_announced_after_the_loser_let_go()
    {
        StartBoth();
        for (var phase = 0; phase < 20; phase++)
        {
            _second.IsCutOff = true;
            _segment.RunUntil(() => _second.State == VrrpState.Master);
            _segment.Run(phase * 50 * Millisecond);
            _second.IsCutOff = false;

            var healed = _segment.RunUntil(() => !_second.Holds);
            var released = _segment.Now;
            _segment.RunUntil(() => _first.Announced[^1] >= released - Millisecond);

            Assert.InRange(healed, 0, Second);
            Assert.True(_first.Holds);
            Assert.InRange(_segment.Now - released, 0, 2 * Millisecond);
            Assert.Single(_first.Transitions, t => t.To == VrrpState.Master);
        }
    }

    [Fact]
    public void A_master_answers_a_flood_of_lower_advertisements_in_measure()
    {
        StartBoth();
        var sent = _first.Sent.Count;

        for (var i = 0; i < 10_000; i++)
        {
            _first.Router.OnAdvertisement(_segment.Now, new VrrpAdvertisement(_second.Address, 1, Second));
        }

        Assert.Equal(sent + 1, _first.Sent.Count);
        Assert.Equal(VrrpState.Master, _first.State);
    }

    [Fact]
    public void A_fault_gives_the_addresses_up_and_their_successor_need_not_wait()
    {
        StartBoth();

        _first.Router.SetFault(_segment.Now, true);

        Assert.Equal((VrrpState.Fault, VrrpReason.Fault), _first.Transitions[^1]);
        Assert.False(_first.Holds);
        Assert.Equal(0, _first.Sent[^1].Priority);
        Assert.InRange(_segment.RunUntil(() => _second.State == VrrpState.Master), 600 * Millisecond, 620 * Millisecond);

        _first.Router.SetFault(_segment.Now, false);
        Assert.Equal((VrrpState.Backup, VrrpReason.Recovered), _first.Transitions[^1]);
        _segment.Run(5 * Second);
        Assert.Equal((VrrpState.Master, VrrpState.Backup), (_first.State, _second.State));
    }

    [Fact]
    public void A_lowered_priority_moves_the_addresses_and_a_raised_one_moves_them_back()
    {
        StartBoth();

        _first.Router.SetPriority(80);
        _segment.RunUntil(() => _second.State == VrrpState.Master && _first.State == VrrpState.Backup);
        _first.Router.SetPriority(110);
        _segment.RunUntil(() => _first.State == VrrpState.Master && _second.State == VrrpState.Backup);

        Assert.True(_first.Holds);
        Assert.False(_second.Holds);
    }

    [Fact]
    public void Members_of_a_group_follow_each_other()
    {
        StartBoth();

        _first.Router.FollowBackup(_segment.Now);
        Assert.Equal((VrrpState.Backup, VrrpReason.Group), _first.Transitions[^1]);
        _second.Router.FollowMaster(_segment.Now);
        Assert.Equal((VrrpState.Master, VrrpReason.Group), _second.Transitions[^1]);
    }

    [Fact]
    public void Another_interval_is_gone_by_at_once_and_changes_no_state()
    {
        StartBoth();
        var transitions = _first.Transitions.Count;

        _first.Router.Configure(_segment.Now, new VrrpTiming { Version = 3, Priority = 110, Interval = 100 * Millisecond }, _first.Address);
        var sent = _first.Sent.Count;
        _segment.Run(Second);

        Assert.InRange(_first.Sent.Count - sent, 9, 11);
        Assert.Equal(transitions, _first.Transitions.Count);
    }

    [Fact]
    public void Whatever_comes_only_one_of_two_connected_routers_stays_master()
    {
        var random = new Random(9568);
        StartBoth();
        for (var round = 0; round < 300; round++)
        {
            switch (random.Next(5))
            {
                case 0:
                    _second.IsCutOff = !_second.IsCutOff;
                    break;
                case 1:
                    _first.Router.SetPriority((byte)random.Next(1, 255));
                    break;
                case 2:
                    _first.Router.SetFault(_segment.Now, random.Next(2) == 0);
                    break;
                case 3:
                    _second.Router.SetFault(_segment.Now, random.Next(2) == 0);
                    break;
            }

            _segment.Run(random.Next(6_000) * Millisecond);
        }

        _second.IsCutOff = false;
        _first.Router.SetFault(_segment.Now, false);
        _second.Router.SetFault(_segment.Now, false);
        _segment.Run(10 * Second);
        Assert.Single((RouterOnSegment[])[_first, _second], r => r.State == VrrpState.Master);
        Assert.Single((RouterOnSegment[])[_first, _second], r => r.Holds);
    }

    private static VrrpTiming Announcing(VrrpTiming timing) => timing with { AnnounceDelay = 5 * Second };

    private void StartBoth()
    {
        _first.Start();
        _second.Start();
        _segment.Run(10 * Second);
    }
}
