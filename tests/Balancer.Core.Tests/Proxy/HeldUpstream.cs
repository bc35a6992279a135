using System.Collections.Concurrent;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>An upstream server that answers a request with its target, once the test lets it.</summary>
internal sealed class HeldUpstream : IAsyncDisposable
{
    private readonly SemaphoreSlim _release = new(0);
    private readonly ConcurrentQueue<string> _targets = new();
    private int _held;

    public HeldUpstream() => Server = ScriptedUpstream.Start(ServeAsync);

    public ScriptedUpstream Server { get; }

    /// <summary>The targets of all requests so far, in the order of their arrival.</summary>
    public IReadOnlyCollection<string> Targets => _targets;

    /// <summary>Lets so many requests be answered.</summary>
    public void Release(int count = 1) => _release.Release(count);

    /// <summary>Waits until so many requests are waiting for their answer.</summary>
    public Task HoldsAsync(int count) => Eventually.TrueAsync(() => Volatile.Read(ref _held) == count);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task ServeAsync(Wire wire)
    {
        while (await wire.ReadMessageAsync() is { } request)
        {
            var target = request.FirstLine.Split(' ')[1];
            _targets.Enqueue(target);
            Interlocked.Increment(ref _held);
            await _release.WaitAsync(TimeSpan.FromSeconds(30));
            Interlocked.Decrement(ref _held);
            await wire.SendAsync(ScriptedUpstream.OkText(target));
        }
    }
}
