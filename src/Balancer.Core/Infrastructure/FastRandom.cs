namespace Balancer.Infrastructure;

/// <summary>Random numbers that need to be unique and unpredictable enough for request ids and balancing, not for keys.</summary>
internal static class FastRandom
{
    /// <summary>Fills the buffer from the thread's own xoshiro generator; no lock, no system call.</summary>
    public static void Fill(Span<byte> buffer) => Random.Shared.NextBytes(buffer);
}
