using System.Buffers.Binary;

namespace Balancer.Limits;

/// <summary>The memory of a zone.</summary>
public sealed class RequestZoneTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void A_million_clients_stay_within_the_size_and_a_key_in_use_stays_exact()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var zone = Limited.Zone(size: 10 * Megabyte);
        var rate = new RequestRate(1, 3_600_000);
        var passed = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            Take(zone, i + 1, i / 1000, rate);
            if (i % 100 == 0)
            {
                // Once an hour; the million comes within a second of the clock.
                passed += Take(zone, 0, i / 1000, rate) == 0 ? 1 : 0;
            }
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1, passed);
        Assert.InRange(zone.Bytes, 9 * Megabyte, 10 * Megabyte);
        Assert.InRange(zone.Count, 195_000, 10 * Megabyte / KeyBlock.Size);
        Assert.Equal(1_000_001, zone.Count + zone.Evictions.Value);
        Assert.InRange(allocated, 9 * Megabyte, (10 * Megabyte) + 64_000);
    }

    [Fact]
    public void Keys_with_nothing_left_to_say_go_first_and_are_not_called_evicted()
    {
        var zone = Limited.Zone(size: 64 * 1024);
        var rate = new RequestRate(10, 1000);
        for (var i = 0; i < 100_000; i++)
        {
            Take(zone, i, now: i * 10, rate);
        }

        Assert.Equal(0, zone.Evictions.Value);
        Assert.InRange(zone.Count, 1, 100);
    }

    [Fact]
    public void A_key_of_a_slow_rate_is_kept_until_a_new_one_would_be_treated_alike()
    {
        var zone = Limited.Zone(size: 32 * 1024);
        var rate = new RequestRate(1, 3_600_000);
        Take(zone, 1, 0, rate);
        Take(zone, 2, 3_599_999, rate);
        Assert.Equal(2, zone.Count);

        Take(zone, 3, 3_600_000, rate);

        Assert.Equal(2, zone.Count);
        Assert.Equal(0, zone.Evictions.Value);
    }

    [Theory]
    [InlineData(32 * 1024)]
    [InlineData(100_000)]
    [InlineData(1 << 20)]
    [InlineData(10 << 20)]
    public void Tables_add_up_to_the_size(long size) => Assert.InRange(Limited.Zone(size: size).Bytes, size * 9 / 10, size);

    /// <summary>One request of a client, as the limiter takes it.</summary>
    /// <returns>0 when it is let through, else the excess it would have made.</returns>
    private static long Take(RequestZone zone, int client, long now, RequestRate rate)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(key, client);
        var hash = zone.HashOf(key);
        var table = zone.TableOf(hash);
        lock (table.Gate)
        {
            var index = zone.Find(table, key, hash, now, rate);
            var excess = RequestZone.ExcessWithOneMore(table[index], now, rate);
            if (excess == 0)
            {
                RequestZone.Account(ref table[index], excess, now);
            }

            return excess;
        }
    }
}
