using System.Text;
using Balancer.TestSupport;

namespace Balancer.Access.Passwords;

public sealed class VerdictCacheTests
{
    [Fact]
    public void Credentials_are_known_until_their_time_is_over()
    {
        var cache = new VerdictCache();
        cache.Add("Basic YTpi"u8, now: 1000);

        Assert.True(cache.Contains("Basic YTpi"u8, 1000));
        Assert.True(cache.Contains("Basic YTpi"u8, 1000 + VerdictCache.Lifetime - 1));
        Assert.False(cache.Contains("Basic YTpi"u8, 1000 + VerdictCache.Lifetime));
        Assert.False(cache.Contains("Basic YTpj"u8, 1000));
        Assert.False(cache.Contains(""u8, 1000));
    }

    [Fact]
    public void Many_credentials_never_make_others_known()
    {
        var cache = new VerdictCache();
        for (var i = 0; i < 10_000; i++)
        {
            cache.Add(Encoding.ASCII.GetBytes($"Basic {i}"), 0);
        }

        Assert.True(cache.Contains("Basic 9999"u8, 1));
        for (var i = 10_000; i < 20_000; i++)
        {
            Assert.False(cache.Contains(Encoding.ASCII.GetBytes($"Basic {i}"), 1));
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var cache = new VerdictCache();
        cache.Add("Basic YTpi"u8, 0);

        Assert.Equal(0, Allocated.By(() => cache.Contains("Basic YTpi"u8, 1)));
    }
}
