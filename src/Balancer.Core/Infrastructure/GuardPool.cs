namespace Balancer.Infrastructure;

/// <summary>
/// Guards to be used again. A guard stays in the timeout wheel until its slot comes round, so making one per connection
/// would keep as many alive as were made in the last minute.
/// </summary>
internal sealed class GuardPool(TimeoutWheel wheel)
{
    private readonly Lock _lock = new();
    private readonly Stack<IoGuard> _guards = new();

    /// <summary>Takes a guard that watches over nothing.</summary>
    public IoGuard Rent()
    {
        lock (_lock)
        {
            if (_guards.TryPop(out var guard))
            {
                return guard;
            }
        }

        return new IoGuard(wheel);
    }

    /// <summary>Gives a guard back once nothing waits under it.</summary>
    public void Return(IoGuard guard)
    {
        guard.Reset();
        lock (_lock)
        {
            _guards.Push(guard);
        }
    }
}
