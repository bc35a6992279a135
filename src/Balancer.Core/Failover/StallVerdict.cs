namespace Balancer.Failover;

/// <summary>Decides for one virtual router whether the gateway serves: it does not when nothing was answered for a timeout, until some answers have come.</summary>
internal sealed class StallVerdict
{
    private const int AnswersToRecover = 3;

    private volatile bool _isStalled;
    private long _answers;

    /// <summary>Whether the data path is stalled. Any thread.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>Decides anew. For the thread of the heartbeat.</summary>
    /// <param name="watch">What it saw last.</param>
    /// <param name="timeout">Microseconds; 0 never decides that it is stalled.</param>
    /// <returns>Whether that is another verdict than before.</returns>
    public bool Judge(DataPathWatch watch, long timeout)
    {
        var isStalled = timeout > 0 && (_isStalled ? watch.Answers - _answers < AnswersToRecover : watch.Silence >= timeout);
        if (isStalled == _isStalled)
        {
            return false;
        }

        _isStalled = isStalled;
        _answers = watch.Answers;
        return true;
    }
}
