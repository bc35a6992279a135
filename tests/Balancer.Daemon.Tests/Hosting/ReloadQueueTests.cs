using System.Threading.Channels;
using Balancer.Configuration;

namespace Balancer.Daemon.Hosting;

public class ReloadQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Each reload that begins appears here; completing it ends the reload.
    private readonly Channel<TaskCompletionSource<IReadOnlyList<ConfigError>>> _begun = Channel.CreateUnbounded<TaskCompletionSource<IReadOnlyList<ConfigError>>>();
    private readonly ReloadQueue _queue;

    public ReloadQueueTests() => _queue = new ReloadQueue(BeginAsync);

    [Fact]
    public async Task Result_of_the_reload_is_returned()
    {
        var asked = _queue.RequestAsync();
        (await NextAsync()).SetResult([Error("a")]);

        Assert.Equal([Error("a")], await asked.WaitAsync(Limit));
    }

    [Fact]
    public async Task Requests_during_a_reload_share_the_next_one()
    {
        var first = _queue.RequestAsync();
        var running = await NextAsync();
        var second = _queue.RequestAsync();
        var third = _queue.RequestAsync();
        running.SetResult([]);
        Assert.Empty(await first.WaitAsync(Limit));
        (await NextAsync()).SetResult([Error("b")]);

        Assert.Equal([Error("b")], await second.WaitAsync(Limit));
        Assert.Equal([Error("b")], await third.WaitAsync(Limit));
        Assert.False(_begun.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task Hundred_requests_during_a_reload_are_one_more()
    {
        var all = new List<Task<IReadOnlyList<ConfigError>>> { _queue.RequestAsync() };
        var running = await NextAsync();
        all.AddRange(Enumerable.Range(0, 100).Select(_ => _queue.RequestAsync()));
        running.SetResult([]);
        (await NextAsync()).SetResult([]);

        await Task.WhenAll(all).WaitAsync(Limit);
        Assert.False(_begun.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task Failed_reload_does_not_stop_the_next()
    {
        var first = _queue.RequestAsync();
        (await NextAsync()).SetException(new InvalidOperationException("bug"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.WaitAsync(Limit));

        var second = _queue.RequestAsync();
        (await NextAsync()).SetResult([]);
        Assert.Empty(await second.WaitAsync(Limit));
    }

    [Fact]
    public async Task Closing_waits_for_the_running_reload_and_refuses_the_others()
    {
        var first = _queue.RequestAsync();
        var running = await NextAsync();
        var waiting = _queue.RequestAsync();

        var closed = _queue.CloseAsync(Error("stopping"));
        var late = _queue.RequestAsync();
        Assert.False(closed.IsCompleted);
        running.SetResult([]);

        await closed.WaitAsync(Limit);
        Assert.Empty(await first.WaitAsync(Limit));
        Assert.Equal([Error("stopping")], await waiting.WaitAsync(Limit));
        Assert.Equal([Error("stopping")], await late.WaitAsync(Limit));
        Assert.False(_begun.Reader.TryPeek(out _));
    }

    private static ConfigError Error(string message) => new(SourceLocation.None, message);

    private Task<IReadOnlyList<ConfigError>> BeginAsync()
    {
        var reload = new TaskCompletionSource<IReadOnlyList<ConfigError>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_begun.Writer.TryWrite(reload));
        return reload.Task;
    }

    private Task<TaskCompletionSource<IReadOnlyList<ConfigError>>> NextAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(Limit);
}
