using Balancer.Http;
using Balancer.TestSupport;

namespace Balancer.Limits;

/// <summary>The arithmetic of <c>limit_req</c>.</summary>
public sealed class RequestLimiterTests
{
    [Fact]
    public void Burst_without_delay_lets_one_more_than_the_burst_through_at_once()
    {
        var limiter = Single("1r/s", burst: 5, nodelay: true);

        var outcomes = Enumerable.Range(0, 8).Select(_ => limiter.Ask("a", 0)).ToArray();

        Assert.Equal(6, outcomes.Count(o => o == LimitOutcome.Passed));
        Assert.All(outcomes[6..], o => Assert.Equal(LimitOutcome.Rejected, o));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask("a", 999));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 1000));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask("a", 1000));
    }

    [Fact]
    public void Delays_grow_by_the_time_of_a_request()
    {
        var limiter = Single("10r/s", burst: 4, delay: 1);
        var request = Limited.Request("k=a");

        Assert.Equal([0, 0, 100, 200, 300], Enumerable.Range(0, 5).Select(_ => limiter.Decide(request, 0).Delay));
        Assert.Equal(LimitOutcome.Rejected, limiter.Decide(request, 0).Outcome);
    }

    [Fact]
    public void Rates_by_the_minute_are_rounded_down_to_thousandths_a_second_as_in_nginx()
    {
        var limiter = Single("50r/m");

        // 833 thousandths a second: one request in 1201 ms, not 1200.
        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 0));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask("a", 1200));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 1201));
    }

    [Theory]
    [InlineData("100r/15m", 9_000)]
    [InlineData("1000r/h", 3_600)]
    [InlineData("1r/h", 3_600_000)]
    [InlineData("1r/30d", 2_592_000_000)]
    [InlineData("7r/d", 12_342_858)]
    public void Rates_over_other_times_are_exact(string rate, long milliseconds)
    {
        var limiter = Single(rate);

        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 50));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask("a", 50 + milliseconds - 1));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 50 + milliseconds));
    }

    [Fact]
    public void A_request_without_key_is_not_counted()
    {
        var limiter = Single("1r/s");

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(LimitOutcome.None, limiter.Decide(Limited.Request("x=1"), 0).Outcome));
    }

    [Fact]
    public void Keys_do_not_share_a_rate()
    {
        var limiter = Single("1r/s");

        Assert.Equal(LimitOutcome.Passed, limiter.Ask("a", 0));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask("b", 0));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask("a", 0));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask(new string('a', 3000), 0));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask(new string('a', 2999) + "b", 0));
        Assert.Equal(LimitOutcome.Rejected, limiter.Ask(new string('a', 3000), 0));
    }

    [Fact]
    public void A_request_refused_by_one_zone_counts_in_none()
    {
        var (strict, generous) = (Limited.Zone("strict"), Limited.Zone("generous"));
        var both = new RequestLimiter([Limited.Rule(generous, "1r/s", burst: 2, nodelay: true), Limited.Rule(strict, "1r/s", key: "$arg_s")], isDryRun: false);
        var generousAlone = new RequestLimiter([Limited.Rule(generous, "1r/s", burst: 2, nodelay: true)], isDryRun: false);
        var request = Limited.Request("k=a&s=b");

        Assert.Equal(LimitOutcome.Passed, both.Decide(request, 0).Outcome);
        var refused = both.Decide(request, 0);

        Assert.Equal((LimitOutcome.Rejected, "strict", 1000), (refused.Outcome, refused.Rule!.Zone.Name, refused.Excess));
        Assert.Equal(LimitOutcome.Passed, generousAlone.Ask("a", 0));
        Assert.Equal(LimitOutcome.Passed, generousAlone.Ask("a", 0));
        Assert.Equal(LimitOutcome.Rejected, generousAlone.Ask("a", 0));
        Assert.Equal((1, 0), (strict.Requests(LimitOutcome.Rejected).Value - 0, strict.Requests(LimitOutcome.Delayed).Value));
        Assert.Equal((3, 1), (generous.Requests(LimitOutcome.Passed).Value, generous.Requests(LimitOutcome.Rejected).Value));
    }

    [Fact]
    public void Of_several_zones_the_longest_delay_holds()
    {
        var (slow, fast) = (Limited.Zone("slow"), Limited.Zone("fast"));
        var limiter = new RequestLimiter([Limited.Rule(slow, "1r/s", burst: 5), Limited.Rule(fast, "10r/s", burst: 5)], isDryRun: false);
        var request = Limited.Request("k=a");
        limiter.Decide(request, 0);

        var delayed = limiter.Decide(request, 0);

        Assert.Equal((LimitOutcome.Delayed, "slow", 1000), (delayed.Outcome, delayed.Rule!.Zone.Name, delayed.Delay));
        Assert.Equal((1, 1), (slow.Requests(LimitOutcome.Delayed).Value, slow.Requests(LimitOutcome.Passed).Value));
        Assert.Equal((0, 2), (fast.Requests(LimitOutcome.Delayed).Value, fast.Requests(LimitOutcome.Passed).Value));
    }

    [Fact]
    public void A_dry_run_accounts_as_the_limit_would_and_says_so()
    {
        var zone = Limited.Zone();
        var limiter = new RequestLimiter([Limited.Rule(zone, "1r/s", burst: 1)], isDryRun: true);

        Assert.Equal([LimitOutcome.Passed, LimitOutcome.DelayedDryRun, LimitOutcome.RejectedDryRun], Enumerable.Range(0, 3).Select(_ => limiter.Ask("a", 0)));
        Assert.Equal(1, zone.Requests(LimitOutcome.RejectedDryRun).Value);
        Assert.Equal(LimitOutcome.DelayedDryRun, limiter.Ask("a", 1000));
    }

    [Fact]
    public void A_key_that_no_table_of_the_zone_can_hold_is_refused()
    {
        var limiter = new RequestLimiter([Limited.Rule(Limited.Zone(size: 32 * 1024), "1000r/s", burst: 1000, key: "$arg_k$arg_k$arg_k$arg_k$arg_k")], isDryRun: false);

        var decision = limiter.Decide(Limited.Request($"k={new string('x', 6000)}"), 0);

        Assert.Equal((LimitOutcome.Rejected, true), (decision.Outcome, decision.IsZoneTooSmall));
        Assert.Equal(LimitOutcome.Passed, limiter.Ask(new string('x', 5000), 0));
    }

    [Fact]
    public void A_changed_rate_goes_on_from_the_old_state()
    {
        var zone = Limited.Zone();
        var before = new RequestLimiter([Limited.Rule(zone, "1r/s", burst: 9, nodelay: true)], isDryRun: false);
        var after = new RequestLimiter([Limited.Rule(zone, "10r/s", burst: 4, nodelay: true)], isDryRun: false);
        for (var i = 0; i < 10; i++)
        {
            before.Ask("a", 0);
        }

        // The excess of 9 is worked off ten times as fast from now on, and has to get below the new burst.
        Assert.Equal(LimitOutcome.Rejected, after.Ask("a", 599));
        Assert.Equal(LimitOutcome.Passed, after.Ask("a", 600));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Decisions_and_delays_are_those_of_nginx(int seed)
    {
        var random = new Random(seed);
        string[] keys = ["", "a", "b", "203.0.113.7", "a-key-longer-than-a-block-holds", "c"];
        for (var script = 0; script < 2500; script++)
        {
            var limits = new NginxLimitModel.Limit[random.Next(1, 4)];
            var rules = new RequestRule[limits.Length];
            for (var i = 0; i < limits.Length; i++)
            {
                var (requests, isByMinute) = (random.Next(1, random.Next(2) == 0 ? 20 : 5000), random.Next(2) == 0);
                limits[i] = new NginxLimitModel.Limit(isByMinute ? requests * 1000 / 60 : requests * 1000, random.Next(0, 12), random.Next(0, 6), random.Next(3) == 0);
                rules[i] = Limited.Rule(Limited.Zone($"z{i}", 32 * 1024), $"{requests}r/{(isByMinute ? "m" : "s")}", limits[i].Burst, limits[i].Delay, limits[i].NoDelay, $"$arg_k{i}");
            }

            var model = new NginxLimitModel(limits);
            var limiter = new RequestLimiter([.. rules.OrderBy(_ => 0)], isDryRun: false);
            var now = random.NextInt64(1, 100_000);
            for (var request = 0; request < 40; request++)
            {
                now += random.Next(4) switch { 0 => 0, 1 => random.Next(5), 2 => random.Next(300), _ => random.Next(5000) };
                var chosen = limits.Select(_ => keys[random.Next(keys.Length)]).ToArray();

                var expected = model.Handle(chosen, now);
                var decision = limiter.Decide(Limited.Request(string.Join('&', chosen.Select((k, i) => $"k{i}={k}"))), now);

                var actual = decision.Outcome == LimitOutcome.None ? ((bool, long)?)null : (decision.Outcome == LimitOutcome.Rejected, decision.Delay);
                Assert.True(expected == actual, $"script {script}, request {request}: expected {expected}, found {actual}");
            }
        }
    }

    [Fact]
    public void Many_threads_are_let_through_as_often_as_one()
    {
        const int burst = 5000;
        var (first, second) = (Limited.Zone("first"), Limited.Zone("second"));
        var limits = new[] { Limited.Rule(first, "1r/s", burst, nodelay: true), Limited.Rule(second, "1r/s", burst * 2, nodelay: true, key: "$arg_s") };
        RequestLimiter[] limiters = [new(limits, false), new([limits[1], limits[0]], false)];
        long passed = 0;

        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
        {
            var request = Limited.Request("k=a&s=b");
            for (var n = 0; n < 4000; n++)
            {
                if (limiters[i % 2].Decide(request, 1000).Outcome == LimitOutcome.Passed)
                {
                    Interlocked.Increment(ref passed);
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.Equal(burst + 1, passed);
        var last = new RequestLimiter([limits[1]], false).Decide(Limited.Request("s=b"), 1000);
        Assert.Equal((burst + 1) * 1000, last.Excess);
    }

    [Fact]
    public void Decisions_allocate_nothing()
    {
        var limiter = new RequestLimiter([Limited.Rule(Limited.Zone("a"), "1r/s", burst: 50), Limited.Rule(Limited.Zone("b", 32 * 1024), "5r/s", nodelay: true, burst: 9, key: "$binary_remote_addr$arg_k")], isDryRun: false);
        var requests = Enumerable.Range(0, 1000).Select(i => Limited.Request($"k={i}")).ToArray();
        long now = 0;

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (var request in requests)
            {
                limiter.Decide(request, now++);
                limiter.Decide(request, now);
            }
        }));
    }

    private static RequestLimiter Single(string rate, int burst = 0, int delay = 0, bool nodelay = false) =>
        new([Limited.Rule(Limited.Zone(), rate, burst, delay, nodelay)], isDryRun: false);
}
