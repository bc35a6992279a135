using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>The lines of one worker that the writer has not taken yet. Locked for the time of a copy; threads that share a worker's number share it.</summary>
internal sealed class LogStripe(int limit)
{
    private ByteBuffer _lines = new(4096);
    private SpinLock _lock = new(enableThreadOwnerTracking: false);

    /// <summary>Adds a line, unless the stripe is full.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <param name="writerWaits">Whether the writer waits for the first line. Read under the lock that the writer takes when it looks for lines, so neither can miss the other.</param>
    /// <param name="waits">The value of <paramref name="writerWaits"/> then.</param>
    /// <param name="length">How many bytes are in the stripe now.</param>
    public bool TryAppend(ReadOnlySpan<byte> line, ref readonly bool writerWaits, out bool waits, out int length)
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            var fits = _lines.Length + line.Length <= limit;
            if (fits)
            {
                _lines.Append(line);
            }

            waits = Volatile.Read(in writerWaits);
            length = _lines.Length;
            return fits;
        }
        finally
        {
            if (taken)
            {
                _lock.Exit(useMemoryBarrier: false);
            }
        }
    }

    /// <summary>Whether there is no line.</summary>
    public bool IsEmpty()
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            return _lines.Length == 0;
        }
        finally
        {
            if (taken)
            {
                _lock.Exit(useMemoryBarrier: false);
            }
        }
    }

    /// <summary>Takes all lines and leaves <paramref name="empty"/> in their place.</summary>
    public ByteBuffer Exchange(ByteBuffer empty)
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            (var lines, _lines) = (_lines, empty);
            return lines;
        }
        finally
        {
            if (taken)
            {
                _lock.Exit(useMemoryBarrier: false);
            }
        }
    }
}
