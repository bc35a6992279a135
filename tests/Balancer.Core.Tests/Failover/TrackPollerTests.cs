using System.Collections.Concurrent;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Failover;

public class TrackPollerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeHealth _health = new();
    private readonly ConcurrentQueue<string> _noted = new();

    [Fact]
    public async Task A_listener_is_told_of_when_it_fails_and_when_it_is_back()
    {
        await using var poller = new TrackPoller((kind, name, failure) => _noted.Enqueue($"{kind} {name} {failure}"), _health, _time);
        poller.Configure([Instance()]);
        await NotedAsync("Listener 10.0.1.100:80 0", "Upstream app 0");

        _health.Failing["10.0.1.100:80"] = true;
        await NotedAsync("Listener 10.0.1.100:80 0", "Listener 10.0.1.100:80 1", "Upstream app 0");

        _health.Failing.Clear();
        await NotedAsync("Listener 10.0.1.100:80 0", "Listener 10.0.1.100:80 0", "Listener 10.0.1.100:80 1", "Upstream app 0");
    }

    [Theory]
    [InlineData(-30, 80, false)]
    [InlineData(0, 110, true)]
    [InlineData(20, 110, false)]
    public void A_listener_that_fails_costs_its_weight_or_is_a_fault(int weight, int priority, bool isFault)
    {
        var tracks = new TrackSet(Instance(weight), []);
        var working = tracks.PriorityIn([]);

        Assert.NotNull(tracks.Note(TrackKind.Listener, "10.0.1.100:80", 1));

        Assert.Equal(weight > 0 ? 110 + weight : 110, working);
        Assert.Equal(priority, tracks.PriorityIn([]));
        Assert.Equal(isFault ? "listener 10.0.1.100:80" : null, tracks.Fault?.ToString());
        Assert.Null(tracks.Note(TrackKind.Listener, "10.0.1.100:80", 1));
        Assert.NotNull(tracks.Note(TrackKind.Listener, "10.0.1.100:80", 0));
        Assert.Equal(working, tracks.PriorityIn([]));
        Assert.Null(tracks.Fault);
    }

    private static VrrpInstanceConfig Instance(int weight = 0) => new()
    {
        Name = "VI_1",
        Location = SourceLocation.None,
        Priority = 110,
        TrackedListeners = new Dictionary<string, VrrpWeight> { ["10.0.1.100:80"] = new(SourceLocation.None, weight) },
        TrackedUpstreams = new Dictionary<string, VrrpWeight> { ["app"] = new(SourceLocation.None, -10) },
    };

    private async Task NotedAsync(params string[] expected) => await Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _noted.Order(StringComparer.Ordinal).SequenceEqual(expected);
        },
        () => string.Join(", ", _noted));
}
