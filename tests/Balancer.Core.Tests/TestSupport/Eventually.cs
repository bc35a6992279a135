using System.Diagnostics;

namespace Balancer.TestSupport;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns as soon as the condition holds; fails with <paramref name="state"/> when it does not within half a minute.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string>? state = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                Assert.Fail($"still not so: {state?.Invoke()}");
            }

            await Task.Delay(1);
        }
    }
}
