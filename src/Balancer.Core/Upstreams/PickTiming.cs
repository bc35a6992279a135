namespace Balancer.Upstreams;

/// <summary>How long a try on a server took, in stopwatch ticks from its start.</summary>
/// <param name="HeaderTicks">Until the complete head of the response; negative when there was none.</param>
/// <param name="EndTicks">Until the last byte of the response, or until the try was given up.</param>
internal readonly record struct PickTiming(long HeaderTicks, long EndTicks)
{
    /// <summary>No response, after no time.</summary>
    public static PickTiming None { get; } = new(-1, 0);
}
