using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// Picks made in advance, while nothing about the servers changes: any thread takes the next with one interlocked increment.
/// </summary>
/// <remarks>
/// <code>
///   picks   | 0 4 2 0 1 3 ...                |                     |
///           0        cursor ─►           ready ─► (made further    length: the end of the period; when the weights are
///                                                  under the gate)  back where they started, the picks repeat for ever
/// </code>
/// A run ends when it is closed: the cursor jumps beyond every ticket, and what was not taken is taken back.
/// Everything but <see cref="TryTake"/> and <see cref="ValidUntil"/> needs the gate.
/// </remarks>
internal sealed class PickRun
{
    private const long Closed = 1L << 60;

    private readonly int _length;
    private readonly bool _reusable;
    private ushort[] _picks;
    private int _ready;
    private bool _repeats;
    private Counters _counters;

    /// <param name="length">How many picks until the run may repeat, or ends.</param>
    /// <param name="reusable">Whether takers are counted, so that the run can be used again when all are gone.</param>
    public PickRun(int length, bool reusable)
    {
        _length = length;
        _reusable = reusable;
        _picks = new ushort[reusable ? length : Math.Min(length, 32)];
    }

    /// <summary>The time in milliseconds after which an ejected server is due, so that the run no longer fits.</summary>
    public long ValidUntil { get; private set; }

    /// <summary>Whether every pick of the run was made.</summary>
    public bool IsComplete => _ready == _length;

    /// <summary>Whether the run was closed, and is of no more use.</summary>
    public bool IsClosed => Volatile.Read(ref _counters.Cursor) >= Closed;

    /// <summary>Whether a reusable run was used up and nobody holds a ticket of it any more.</summary>
    public bool IsIdle => _reusable && Volatile.Read(ref _counters.Taken) == _length;

    /// <summary>The next pick; false when it is not made yet or the run is over.</summary>
    /// <param name="index">The server.</param>
    /// <param name="ticket">The number of the pick, for <see cref="TryRedeem"/>.</param>
    /// <param name="extend">Whether the caller should call <see cref="Extend"/> soon.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out int index, out long ticket, out bool extend)
    {
        ticket = Interlocked.Increment(ref _counters.Cursor) - 1;
        var ready = Volatile.Read(ref _ready);
        if (ticket < ready)
        {
            extend = ticket == (ready >> 1) && ready < _length;
            index = Volatile.Read(ref _picks)[ticket];
            if (_reusable)
            {
                Interlocked.Increment(ref _counters.Taken);
            }

            return true;
        }

        extend = false;
        if (Volatile.Read(ref _repeats) && ticket < Closed)
        {
            index = _picks[(uint)((ulong)ticket % (uint)_length)];
            return true;
        }

        index = -1;
        return false;
    }

    /// <summary>The pick of a ticket that <see cref="TryTake"/> could not serve. A ticket from before the run was closed counts as taken and stays good.</summary>
    public bool TryRedeem(long ticket, SmoothWeights weights, bool isCurrent, out int index)
    {
        index = -1;
        if (ticket >= Closed || (_reusable && ticket >= _length))
        {
            return false;
        }

        while (isCurrent && ticket >= _ready && !IsComplete)
        {
            Extend(weights);
        }

        if (ticket < _ready)
        {
            index = _picks[ticket];
            if (_reusable)
            {
                Interlocked.Increment(ref _counters.Taken);
            }
        }
        else if (_repeats)
        {
            index = _picks[ticket % _length];
        }

        return index >= 0;
    }

    /// <summary>Starts the run from the weights as they are.</summary>
    public void Open(SmoothWeights weights, long validUntil)
    {
        ValidUntil = validUntil;
        if (!_reusable)
        {
            weights.Mark();
        }

        Volatile.Write(ref _ready, 0);
        _counters.Taken = 0;
        Make(weights, 16);
        Volatile.Write(ref _counters.Cursor, 0);
    }

    /// <summary>Makes more picks, unless all are made.</summary>
    public void Extend(SmoothWeights weights)
    {
        if (!IsComplete)
        {
            Make(weights, Math.Clamp(_ready, 16, 256));
        }
    }

    /// <summary>Ends the run and sets the weights to what they are after the picks that were taken. Returns how many were.</summary>
    public long Close(SmoothWeights weights)
    {
        var taken = Interlocked.Exchange(ref _counters.Cursor, Closed);
        if (!_repeats)
        {
            taken = Math.Min(taken, _ready);
            weights.Undo(_picks.AsSpan((int)taken, _ready - (int)taken));
        }
        else if (taken % _length != 0)
        {
            weights.Undo(_picks.AsSpan((int)(taken % _length), _length - (int)(taken % _length)));
        }

        return taken;
    }

    private void Make(SmoothWeights weights, int count)
    {
        var from = _ready;
        var to = (int)Math.Min(_length, (long)from + count);
        var picks = _picks;
        if (picks.Length < to)
        {
            picks = new ushort[Math.Min(_length, Math.Max(to, picks.Length * 2))];
            _picks.AsSpan(0, from).CopyTo(picks);
        }

        for (var i = from; i < to; i++)
        {
            picks[i] = (ushort)weights.Step();
        }

        Volatile.Write(ref _picks, picks);
        Volatile.Write(ref _ready, to);
        if (to == _length && !_reusable && weights.IsBackAtMark())
        {
            Volatile.Write(ref _repeats, true);
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counters
    {
        [FieldOffset(64)]
        public long Cursor;

        [FieldOffset(128)]
        public long Taken;
    }
}
