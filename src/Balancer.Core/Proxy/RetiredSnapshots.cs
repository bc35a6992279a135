using Balancer.Observability.Tracing;

namespace Balancer.Proxy;

/// <summary>Snapshots that a reload replaced, kept until the last request that runs on them has ended: only then may their access logs and the way of their spans be closed.</summary>
internal sealed class RetiredSnapshots(TimeProvider time, SpanExportRegistry spans)
{
    /// <summary>A request that took hold of a snapshot just before it was replaced has certainly entered it by then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly List<(Gateway Gateway, Task Closing)> _closing = [];
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Closes the snapshot's logs once nothing runs on it.</summary>
    public void Add(Gateway gateway)
    {
        lock (_closing)
        {
            _closing.RemoveAll(entry => entry.Closing.IsCompleted);
            _closing.Add((gateway, CloseAsync(gateway)));
        }
    }

    /// <summary>How many requests run on replaced snapshots.</summary>
    public long RequestsRunning
    {
        get
        {
            lock (_closing)
            {
                return _closing.Sum(entry => entry.Gateway.Requests.Running);
            }
        }
    }

    /// <summary>Closes what is left at once; every request has ended.</summary>
    public async Task CloseAllAsync()
    {
        _stop.TrySetResult();
        await Task.WhenAll(_closing.Select(entry => entry.Closing));
    }

    private async Task CloseAsync(Gateway gateway)
    {
        do
        {
            await Task.WhenAny(Task.Delay(Grace, time), _stop.Task);
        }
        while (gateway.Requests.Running > 0 && !_stop.Task.IsCompleted);

        await gateway.AccessLogs.DisposeAsync();
        await spans.ReleaseAsync(gateway.Spans);
    }
}
