namespace Balancer.Upstreams.Balancing;

/// <summary>
/// Smooth weighted round robin with nginx's pick sequence.
/// <code>
///   first pick of a request, nothing changed ──► next pick of the run: one increment, no lock
///   retry, failure, ejection, max_conns reached, probe due ──► the run is closed; single steps under the gate
///   quiet again ──► a new run
/// </code>
/// </summary>
internal sealed class RoundRobinBalancer(ServerGroup group) : IBalancer
{
    /// <summary>The longest period kept as a cycle (two bytes a pick); pools with a longer one run through reusable pieces.</summary>
    private const int LongestCycle = 1 << 16;

    private const int PieceLength = 2048;
    private const int ShortRun = 64;
    private const int LongestPause = 512;

    private readonly List<PickRun> _pieces = [];
    private PickRun? _run;
    private int _pause;
    private int _stepsUntilRun;

    /// <inheritdoc/>
    public int Pick(PickContext context, long now)
    {
        var run = Volatile.Read(ref _run);
        if (run is not null && context.NoneTried && now <= run.ValidUntil)
        {
            if (!run.TryTake(out var index, out var ticket, out var extend))
            {
                return PickUnderGate(context, now, run, ticket);
            }

            if (extend)
            {
                Extend(run);
            }

            if (group.TryEnter(index, now))
            {
                context.MarkTried(index);
                return index;
            }
        }

        return PickUnderGate(context, now, null, 0);
    }

    /// <inheritdoc/>
    public void Left(int index, int conns, PickOutcome outcome, in PickTiming timing) => group.ReopenIfWasFull(index, conns);

    /// <summary>Ends picking in advance, so that the weights are those after the last pick made. The gate is held.</summary>
    public void CloseRun()
    {
        var run = _run;
        if (run is null)
        {
            return;
        }

        _run = null;
        _pause = run.Close(group.Weights) < ShortRun ? Math.Min((_pause * 2) + 8, LongestPause) : 0;
        _stepsUntilRun = _pause;
    }

    private int PickUnderGate(PickContext context, long now, PickRun? ticketRun, long ticket)
    {
        lock (group.Gate)
        {
            if (ticketRun is not null && ticketRun.TryRedeem(ticket, group.Weights, ticketRun == _run, out var redeemed) && group.TryEnter(redeemed, now))
            {
                context.MarkTried(redeemed);
                return redeemed;
            }

            group.CatchUp(now);
            while (true)
            {
                var index = context.NoneTried ? StepForAll() : group.StepUntried(context);
                if (index < 0)
                {
                    return -1;
                }

                if (group.TryEnter(index, now))
                {
                    context.MarkTried(index);
                    return index;
                }

                group.Reevaluate(index, now);
            }
        }
    }

    private int StepForAll()
    {
        if (_run is null)
        {
            if (!group.IsQuiet || --_stepsUntilRun > 0)
            {
                return group.Weights.Step();
            }

            StartRun();
        }

        while (true)
        {
            var run = _run!;
            if (run.TryTake(out var index, out var ticket, out _) || run.TryRedeem(ticket, group.Weights, isCurrent: true, out index))
            {
                return index;
            }

            StartRun();
        }
    }

    private void StartRun()
    {
        var period = group.Weights.Period;
        var run = period <= LongestCycle ? new PickRun((int)period, reusable: false) : RentPiece();
        run.Open(group.Weights, group.NextDue);
        Volatile.Write(ref _run, run);
    }

    private PickRun RentPiece()
    {
        foreach (var piece in _pieces)
        {
            if (piece.IsIdle)
            {
                return piece;
            }
        }

        var added = new PickRun(PieceLength, reusable: true);
        _pieces.RemoveAll(piece => piece.IsClosed);
        _pieces.Add(added);
        return added;
    }

    private void Extend(PickRun run)
    {
        lock (group.Gate)
        {
            if (run == _run)
            {
                run.Extend(group.Weights);
            }
        }
    }
}
