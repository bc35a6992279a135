using System.Threading.Channels;

namespace Balancer.Failover;

/// <summary>
/// Does from the thread pool, in order, what the heartbeat must not wait for. When more waits than fits, what is new is dropped.
/// </summary>
internal sealed class PoolQueue
{
    private const int Capacity = 1000;

    private readonly Channel<Action> _waiting = Channel.CreateBounded<Action>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _working;

    public PoolQueue() => _working = Task.Run(WorkAsync);

    /// <summary>Has something done; any thread may call, none waits.</summary>
    public void Post(Action action) => _waiting.Writer.TryWrite(action);

    /// <summary>Takes nothing more, and does what was posted before.</summary>
    public Task EndAsync()
    {
        _waiting.Writer.TryComplete();
        return _working;
    }

    private async Task WorkAsync()
    {
        await foreach (var action in _waiting.Reader.ReadAllAsync())
        {
            action();
        }
    }
}
