using System.Text;

namespace Balancer.Limits;

public sealed class ConnectionZoneTests
{
    [Fact]
    public void As_many_may_enter_as_the_limit_says_and_one_more_for_each_that_leaves()
    {
        var zone = Zone();

        Assert.Equal(ConnectionDecision.Entered, zone.Enter("a"u8, 2, out var first));
        Assert.Equal(ConnectionDecision.Entered, zone.Enter("a"u8, 2, out _));
        Assert.Equal(ConnectionDecision.Refused, zone.Enter("a"u8, 2, out _));
        Assert.Equal(ConnectionDecision.Entered, zone.Enter("b"u8, 2, out _));
        zone.TakeBack(first);
        Assert.Equal(ConnectionDecision.Entered, zone.Enter("a"u8, 2, out _));
        Assert.Equal(ConnectionDecision.Refused, zone.Enter("a"u8, 2, out _));
    }

    [Fact]
    public void A_key_without_requests_takes_no_room()
    {
        var zone = Zone();
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Equal(ConnectionDecision.Entered, zone.Enter(Encoding.ASCII.GetBytes($"{i}"), 1, out var place));
            Assert.Equal(1, zone.Count);
            zone.TakeBack(place);
        }

        Assert.Equal((0, 0L), (zone.Count, zone.UsedBytes));
    }

    [Fact]
    public void A_full_zone_refuses_new_keys_and_forgets_none()
    {
        var zone = Zone();
        var places = new List<long>();
        long place;
        while (zone.Enter(Encoding.ASCII.GetBytes($"{places.Count}"), 1, out place) == ConnectionDecision.Entered)
        {
            places.Add(place);
        }

        Assert.InRange(places.Count, 600, 32 * 1024 / KeyBlock.Size);
        Assert.Equal(ConnectionDecision.ZoneFull, zone.Enter("other"u8, 1, out _));
        Assert.Equal(ConnectionDecision.Refused, zone.Enter("0"u8, 1, out _));
        zone.TakeBack(places[5]);
        Assert.Equal(ConnectionDecision.Entered, zone.Enter("other"u8, 1, out _));
        Assert.Equal(ConnectionDecision.ZoneFull, zone.Enter("5"u8, 1, out _));
    }

    [Fact]
    public void Many_threads_are_never_more_than_the_limit()
    {
        const int most = 3;
        var zone = Zone();
        var inside = 0;
        var highest = 0;

        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (zone.Enter("a"u8, most, out var place) != ConnectionDecision.Entered)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref highest, now);
                Interlocked.Decrement(ref inside);
                zone.TakeBack(place);
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.InRange(highest, 1, most);
        Assert.Equal(0, zone.Count);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static ConnectionZone Zone() => new("c", "$remote_addr", 32 * 1024);
}
