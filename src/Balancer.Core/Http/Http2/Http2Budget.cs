namespace Balancer.Http.Http2;

/// <summary>
/// What a client may spend on frames that do no work: so much at once, so much a second, and more by what it does besides. Not synchronised.
/// </summary>
/// <param name="capacity">Most that can be had at once.</param>
/// <param name="perSecond">What is regained in a second.</param>
internal struct Http2Budget(int capacity, int perSecond)
{
    private readonly int _capacity = capacity;
    private readonly int _perSecond = perSecond;
    private long _left = capacity;
    private long _refilledAt;

    /// <summary>Regains something.</summary>
    public void Earn(int amount) => _left = Math.Min(_capacity, _left + amount);

    /// <summary>Spends something; false when there is not as much.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="now">Milliseconds of the coarse clock.</param>
    public bool TrySpend(int amount, long now)
    {
        if (_left < amount)
        {
            var gained = (now - _refilledAt) * _perSecond / 1000;
            if (gained > 0)
            {
                _left = Math.Min(_capacity, _left + gained);
                _refilledAt = now;
            }
        }

        _left -= amount;
        return _left >= 0;
    }
}
