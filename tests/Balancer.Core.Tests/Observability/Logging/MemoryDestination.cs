using System.Text;

namespace Balancer.Observability.Logging;

/// <summary>A destination in memory that can be made to stall and to fail, and tells when it was written to.</summary>
internal sealed class MemoryDestination : ILogDestination
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _bytes = new();
    private readonly ManualResetEventSlim _open = new(true);
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _written = new(0);

    public int Writes { get; private set; }

    public bool IsDisposed { get; private set; }

    public Exception? Failure { get; set; }

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return Encoding.Latin1.GetString(_bytes.ToArray());
            }
        }
    }

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lets writes block from now on.</summary>
    public void Stall() => _open.Reset();

    /// <summary>Lets blocked writes go on.</summary>
    public void Resume() => _open.Set();

    /// <summary>Waits until a write has begun.</summary>
    public Task EnteredAsync() => _entered.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Waits until one more write is complete.</summary>
    public Task WrittenAsync() => _written.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _entered.Release();
        _open.Wait();
        if (Failure is not null)
        {
            _written.Release();
            throw Failure;
        }

        lock (_lock)
        {
            _bytes.Write(bytes);
            Writes++;
        }

        _written.Release();
    }

    public void Dispose() => IsDisposed = true;
}
