using System.Text;

namespace Balancer.Infrastructure;

public sealed class WallClockTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Texts_are_those_of_the_second_they_are_read_in()
    {
        var clock = new WallClock(_time);
        Assert.Equal("21/Nov/2026:03:27:27 +0000", Encoding.ASCII.GetString(clock.CommonLog));
        Assert.Equal("2026-11-21T03:27:27+00:00", Encoding.ASCII.GetString(clock.Iso8601));
        Assert.Equal(1795231647123, clock.UnixMilliseconds);

        _time.Advance(TimeSpan.FromSeconds(33));
        Assert.Equal("21/Nov/2026:03:28:00 +0000", Encoding.ASCII.GetString(clock.CommonLog));
        Assert.Equal("2026-11-21T03:28:00+00:00", Encoding.ASCII.GetString(clock.Iso8601));
    }

    [Theory]
    [InlineData(330, "21/Nov/2026:08:57:27 +0530", "2026-11-21T08:57:27+05:30")]
    [InlineData(-570, "20/Nov/2026:17:57:27 -0930", "2026-11-20T17:57:27-09:30")]
    public void Texts_are_local_time_with_its_offset(int minutes, string common, string iso)
    {
        _time.Zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromMinutes(minutes), null, null);
        var clock = new WallClock(_time);
        Assert.Equal(common, Encoding.ASCII.GetString(clock.CommonLog));
        Assert.Equal(iso, Encoding.ASCII.GetString(clock.Iso8601));
    }

    [Fact]
    public void Many_seconds_pass_without_allocation()
    {
        var clock = new WallClock(_time);
        for (var i = 0; i < 200; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var seconds = (27 + i + 1) % 60;
            Assert.Equal((byte)('0' + seconds % 10), clock.CommonLog[19]);
        }

        var sum = 0;
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                sum += clock.Iso8601.Length;
            }

            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }

        Assert.Equal(2 * 1000 * 25, sum);
    }
}
