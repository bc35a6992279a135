namespace Balancer.Failover.Linux;

/// <summary>Gives a thread precedence over all that compute.</summary>
internal static unsafe class RealTime
{
    private const int FirstInFirstOut = 1;

    // Threads and processes that this one starts are ordinary ones.
    private const int ResetOnFork = 0x40000000;
    private const int Priority = 10;
    private const int Niceness = -20;

    /// <summary>Makes the calling thread a real-time one (CAP_SYS_NICE, or a sufficient LimitRTPRIO=), else the nicest that is allowed.</summary>
    /// <returns>What it is now, for people.</returns>
    public static string Enter()
    {
        var priority = Priority;
        if (LibC.SetScheduler(0, FirstInFirstOut | ResetOnFork, &priority) == 0)
        {
            return $"real-time priority {Priority}";
        }

        var refused = LibC.LastError;
        return LibC.SetNiceness(0, 0, Niceness) == 0
            ? $"niceness {Niceness} ({refused.Describe("sched_setscheduler")})"
            : $"ordinary ({refused.Describe("sched_setscheduler")})";
    }
}
