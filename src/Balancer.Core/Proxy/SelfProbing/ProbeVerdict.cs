namespace Balancer.Proxy.SelfProbing;

/// <summary>
/// Judges by the outcomes of probes whether something serves. It fails when nothing was answered for a whole timeout and some probes in a row, and is back
/// after some answers in a row: what is slow for a moment is not dead. For one caller at a time; <see cref="Serves"/> for any thread.
/// </summary>
internal sealed class ProbeVerdict
{
    /// <summary>How many outcomes in a row change the verdict.</summary>
    public const int InARow = 3;

    private volatile bool _serves = true;
    private int _unanswered;
    private int _answered;
    private long _begun;

    /// <summary>Whether it serves. Of what was never answered it is not known that it could be: it counts as serving.</summary>
    public bool Serves => _serves;

    /// <summary>Whether a probe was ever answered.</summary>
    public bool IsProved { get; private set; }

    /// <summary>A probe was answered.</summary>
    public void Answered()
    {
        IsProved = true;
        _unanswered = 0;
        if (!_serves && ++_answered >= InARow)
        {
            _serves = true;
        }
    }

    /// <summary>A probe was not answered.</summary>
    /// <param name="begun">When it began, in milliseconds of any clock.</param>
    /// <param name="now">When it was given up.</param>
    /// <param name="timeout">For how many milliseconds there must be no answer.</param>
    public void Unanswered(long begun, long now, long timeout)
    {
        _answered = 0;
        if (++_unanswered == 1)
        {
            _begun = begun;
        }

        if (IsProved && _unanswered >= InARow && now - _begun >= timeout)
        {
            _serves = false;
        }
    }

    /// <summary>It cannot be probed now: what was before says nothing any more.</summary>
    public void Forget()
    {
        _serves = true;
        _unanswered = _answered = 0;
    }
}
