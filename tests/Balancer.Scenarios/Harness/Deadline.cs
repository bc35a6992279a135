namespace Balancer.Harness;

/// <summary>The longest a scenario waits for something that must happen: a bound on failure, never a way to wait for something.</summary>
internal static class Deadline
{
    /// <summary>Far longer than anything takes on a busy machine.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    /// <summary>Awaits <paramref name="task"/>, or fails saying what did not happen.</summary>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static async Task<T> WaitAsync<T>(Task<T> task, Func<string> what, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Default).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {(limit ?? Default).TotalSeconds} s: {what()}");
        }
    }

    /// <inheritdoc cref="WaitAsync{T}"/>
    public static async Task WaitAsync(Task task, Func<string> what, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? Default).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {(limit ?? Default).TotalSeconds} s: {what()}");
        }
    }

    /// <summary>Asks again and again until <paramref name="condition"/> holds: for facts nothing announces, such as the kernel's view of a process.</summary>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var end = DateTime.UtcNow + (limit ?? Default);
        while (!await condition().ConfigureAwait(false))
        {
            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException($"Not within {(limit ?? Default).TotalSeconds} s: {what()}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task UntilAsync(Func<bool> condition, Func<string> what, TimeSpan? limit = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, limit);
}
