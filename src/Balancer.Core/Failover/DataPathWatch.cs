namespace Balancer.Failover;

/// <summary>
/// Measures for how long the data path has not answered. For the thread of the heartbeat, which needs nothing of the thread pool for it: it looks at a number
/// that moves with each answer. Times are microseconds.
/// </summary>
/// <remarks>Only time in which the thread itself runs counts: when the whole process stood still, the first look after it says nothing about the data path.</remarks>
internal sealed class DataPathWatch
{
    /// <summary>Between two looks.</summary>
    public const long Period = 100_000;

    private const long LongestStep = 2 * Period;

    private long _looked = long.MaxValue;

    /// <summary>For how long there was no answer; 0 as long as there never was one, for then nothing is known.</summary>
    public long Silence { get; private set; }

    /// <summary>How many answers there were at the last look.</summary>
    public long Answers { get; private set; }

    /// <summary>Begins anew: another configuration may probe in another way, or did not at all.</summary>
    public void Restart() => Silence = 0;

    /// <summary>Looks.</summary>
    public void Look(long now, long answers)
    {
        var passed = Math.Clamp(now - _looked, 0, LongestStep);
        _looked = now;
        if (answers != Answers || answers == 0)
        {
            Answers = answers;
            Silence = 0;
        }
        else
        {
            Silence += passed;
        }
    }
}
