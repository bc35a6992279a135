using System.Net;

namespace Balancer.Upstreams.Resolution;

/// <summary>Answers from a table.</summary>
internal sealed class StaticResolver : IHostResolver
{
    private TaskCompletionSource _nextLookup = new();

    public Dictionary<string, string[]> Answers { get; } = [];

    public int Lookups { get; private set; }

    /// <summary>Whether lookups wait until they are given up.</summary>
    public bool IsStuck { get; set; }

    public Task NextLookup() => (_nextLookup = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel)
    {
        Lookups++;
        if (IsStuck)
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }

        _nextLookup.TrySetResult();
        return [.. Answers.GetValueOrDefault(host, []).Select(IPAddress.Parse)];
    }
}
