using Balancer.Configuration;

namespace Balancer.Daemon.Hosting;

/// <summary>
/// Lets one reload run at a time. Requests that come while one runs share the next: it reads the file after all of them, so each of them gets
/// the result of a reload that began after it asked.
/// </summary>
/// <param name="reload">One reload; returns the faults, none when it took effect.</param>
internal sealed class ReloadQueue(Func<Task<IReadOnlyList<ConfigError>>> reload)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task<IReadOnlyList<ConfigError>>? _next;
    private IReadOnlyList<ConfigError>? _closed;

    /// <summary>Asks for a reload; any thread.</summary>
    /// <returns>The result of a reload that began after this call.</returns>
    public Task<IReadOnlyList<ConfigError>> RequestAsync()
    {
        lock (_lock)
        {
            return _closed is not null ? Task.FromResult(_closed) : _next ??= RunAfterAsync(_running);
        }
    }

    /// <summary>Refuses further requests and those that wait; returns when the running reload has ended.</summary>
    /// <param name="reason">What the refused are told.</param>
    public Task CloseAsync(ConfigError reason)
    {
        lock (_lock)
        {
            _closed = [reason];
            return Task.WhenAll(_running, _next ?? Task.CompletedTask);
        }
    }

    private async Task<IReadOnlyList<ConfigError>> RunAfterAsync(Task running)
    {
        // Off the caller's thread, which may be one that moves bytes, and out of the lock.
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        Task<IReadOnlyList<ConfigError>> current;
        lock (_lock)
        {
            _next = null;
            if (_closed is not null)
            {
                return _closed;
            }

            _running = current = Task.Run(reload);
        }

        return await current;
    }
}
