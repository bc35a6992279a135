using Balancer.Configuration;

namespace Balancer.Failover;

public sealed class TrackSetTests
{
    [Theory]
    [InlineData(-30, 110, 80)]
    [InlineData(20, 130, 110)]
    [InlineData(0, 110, 110)]
    [InlineData(-253, 110, 1)]
    [InlineData(253, 254, 110)]
    public void Weight_counts_while_it_fails_if_negative_and_while_it_works_if_positive(int weight, int working, int failing)
    {
        var set = Set(110, ("app", weight));

        Assert.Equal(working, set.PriorityIn([]));
        Assert.NotNull(set.Note(TrackKind.Upstream, "app", 1));
        Assert.Equal(failing, set.PriorityIn([]));
        Assert.Equal(weight == 0, set.Fault is not null);
    }

    [Fact]
    public void What_others_of_the_group_track_counts_too_and_each_thing_once()
    {
        var first = Set(110, ("app", -30), ("admin", -5));
        var second = Set(110, ("app", -30));
        first.Note(TrackKind.Upstream, "app", 1);
        first.Note(TrackKind.Upstream, "admin", 1);
        second.Note(TrackKind.Upstream, "app", 1);

        Assert.Equal(75, first.PriorityIn([second]));
        Assert.Equal(75, second.PriorityIn([first]));
        Assert.Equal(80, second.PriorityIn([]));
    }

    [Fact]
    public void Nothing_changes_the_priority_of_an_owner()
    {
        var set = Set(255, ("app", -30));

        set.Note(TrackKind.Upstream, "app", 1);

        Assert.Equal(255, set.PriorityIn([]));
    }

    [Fact]
    public void What_is_not_tracked_or_known_already_is_no_news()
    {
        var set = Set(110, ("app", -30));

        Assert.Null(set.Note(TrackKind.Upstream, "other", 1));
        Assert.Null(set.Note(TrackKind.File, "app", 1));
        Assert.Null(set.Note(TrackKind.Upstream, "app", 0));
        Assert.Equal(110, set.PriorityIn([]));
    }

    private static TrackSet Set(int priority, params (string Name, int Weight)[] upstreams) => new(
        new VrrpInstanceConfig
        {
            Name = "VI_1",
            Location = default,
            Priority = priority,
            TrackedUpstreams = upstreams.ToDictionary(u => u.Name, u => new VrrpWeight(default, u.Weight)),
        },
        []);
}
