namespace Balancer.TestSupport;

/// <summary>What code allocates on the thread that runs it.</summary>
internal static class Allocated
{
    private const int Rounds = 5;

    /// <summary>Bytes the action allocates once it is warm: the least of some rounds, for the runtime itself may allocate while it replaces code by better code.</summary>
    public static long By(Action action)
    {
        action();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
