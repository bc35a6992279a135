using Balancer.Infrastructure;

namespace Balancer.Tls;

public sealed class TicketKeyRingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Key_stays_for_its_period()
    {
        var ring = new TicketKeyRing(_time);
        var key = ring.Current;
        _time.Advance(TimeSpan.FromMinutes(59));

        Assert.Same(key, ring.Current);
        Assert.Same(key, ring.Find(key.Name, out var isCurrent));
        Assert.True(isCurrent);
    }

    [Fact]
    public void Replaced_key_opens_tickets_but_makes_none()
    {
        var ring = new TicketKeyRing(_time);
        var key = ring.Current;
        _time.Advance(TimeSpan.FromMinutes(61));

        Assert.NotSame(key, ring.Current);
        Assert.Same(key, ring.Find(key.Name, out var isCurrent));
        Assert.False(isCurrent);
    }

    [Fact]
    public void Key_is_forgotten_after_its_second_period()
    {
        var ring = new TicketKeyRing(_time);
        var key = ring.Current;
        _time.Advance(TimeSpan.FromMinutes(61));
        _ = ring.Current;
        _time.Advance(TimeSpan.FromMinutes(61));

        Assert.Null(ring.Find(key.Name, out _));
    }

    [Fact]
    public void Key_is_forgotten_when_nobody_asked_for_two_periods()
    {
        var ring = new TicketKeyRing(_time);
        var key = ring.Current;
        _time.Advance(TimeSpan.FromMinutes(121));

        Assert.Null(ring.Find(key.Name, out _));
    }

    [Fact]
    public void Longer_sessions_keep_keys_longer()
    {
        var ring = new TicketKeyRing(_time);
        ring.Honour(TimeSpan.FromDays(1));
        ring.Honour(TimeSpan.FromMinutes(5));
        var key = ring.Current;
        _time.Advance(TimeSpan.FromHours(47));

        Assert.Same(key, ring.Find(key.Name, out _));
    }

    [Fact]
    public void Unknown_name_has_no_key()
    {
        var ring = new TicketKeyRing(_time);
        _ = ring.Current;

        Assert.Null(ring.Find(new byte[TicketKey.NameLength], out _));
    }
}
