namespace Balancer.Limits;

/// <summary>
/// A rate in nginx's arithmetic (ngx_http_limit_req_module): whole thousandths of a request, times in milliseconds, every division rounded down.
/// nginx keeps thousandths of a request a second, so that <c>50r/m</c> is 0.833 a second; so is it here for rates by the second and the
/// minute. Over other times, which nginx has not, the rate itself is exact.
/// </summary>
internal readonly record struct RequestRate
{
    /// <summary>What one request counts.</summary>
    public const long One = 1000;

    private const long Second = 1000;
    private const long Minute = 60 * Second;

    private readonly long _amount;
    private readonly long _period;
    private readonly long _exact;

    /// <param name="requests">How many requests.</param>
    /// <param name="window">In how many milliseconds.</param>
    public RequestRate(int requests, long window)
    {
        (_amount, _period) = window == Minute ? (requests * One / 60, Second) : (requests * One, window);
        _exact = long.MaxValue / _amount;
    }

    /// <summary>Thousandths of requests let through in a time.</summary>
    public long In(long milliseconds) =>
        milliseconds <= _exact ? _amount * milliseconds / _period : (long)Int128.Min(long.MaxValue, (Int128)_amount * milliseconds / _period);

    /// <summary>Milliseconds in which so many thousandths are let through, rounded down: nginx's delay.</summary>
    public long TimeFor(long amount) => amount * _period / _amount;

    /// <summary>Seconds after which so many thousandths have been let through, rounded up.</summary>
    public long SecondsFor(long amount)
    {
        var milliseconds = ((amount * _period) + _amount - 1) / _amount;
        return (milliseconds + Second - 1) / Second;
    }
}
