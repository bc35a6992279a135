using Balancer.Infrastructure;

namespace Balancer.Proxy;

/// <summary>How many requests are running, counted without a cache line shared by cores.</summary>
internal sealed class RequestGauge
{
    private readonly StripedCounter _entered = new();
    private readonly StripedCounter _left = new();

    /// <summary>How many are running now.</summary>
    public long Running
    {
        get
        {
            // In this order a request that begins and ends in between makes the result too large, never negative.
            var left = _left.Value;
            return _entered.Value - left;
        }
    }

    /// <summary>A request begins.</summary>
    public void Enter() => _entered.Increment();

    /// <summary>A request ends.</summary>
    public void Leave() => _left.Increment();
}
