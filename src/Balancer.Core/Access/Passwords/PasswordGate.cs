namespace Balancer.Access.Passwords;

/// <summary>
/// Verifies passwords on the thread pool, few at once, so that a flood of wrong ones takes some of the processors and not all,
/// and lets only so many wait.
/// </summary>
internal sealed class PasswordGate(int atOnce, int waiting) : IDisposable
{
    private readonly SemaphoreSlim _places = new(atOnce);
    private int _inside;

    /// <summary>A gate for this machine: half of its processors, and 1024 requests that wait.</summary>
    public static PasswordGate ForThisMachine() => new(Math.Max(1, Environment.ProcessorCount / 2), 1024);

    /// <summary>Verifies credentials.</summary>
    /// <returns>Whether they are right; null when too many requests wait already.</returns>
    public async ValueTask<bool?> VerifyAsync(PasswordFile file, byte[] user, byte[] password)
    {
        if (Interlocked.Increment(ref _inside) > atOnce + waiting)
        {
            Interlocked.Decrement(ref _inside);
            return null;
        }

        await _places.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => file.Verify(user, password)).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
            Interlocked.Decrement(ref _inside);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
