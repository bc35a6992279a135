namespace Balancer.Upstreams;

/// <summary>How long a server took for a response, in stopwatch ticks from the start of the try.</summary>
/// <param name="HeaderTicks">Until the complete head; negative when there was none.</param>
/// <param name="LastByteTicks">Until the last byte; negative when the response broke off.</param>
internal readonly record struct PickTiming(long HeaderTicks, long LastByteTicks)
{
    /// <summary>No response.</summary>
    public static PickTiming None { get; } = new(-1, -1);
}
