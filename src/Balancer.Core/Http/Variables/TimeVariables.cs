using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>The time of day.</summary>
internal static class TimeVariables
{
    /// <summary>The names of these variables.</summary>
    public static IReadOnlyList<string> Names { get; } = ["msec", "time_local", "time_iso8601"];

    /// <summary>The reader of a variable on a clock, or null when there is none of that name.</summary>
    public static VariableReader? Find(string name, WallClock clock) => name.ToLowerInvariant() switch
    {
        "msec" => (_, output) =>
        {
            output.AppendSeconds(clock.UnixMilliseconds);
            return true;
        },
        "time_local" => (_, output) =>
        {
            output.Append(clock.CommonLog);
            return true;
        },
        "time_iso8601" => (_, output) =>
        {
            output.Append(clock.Iso8601);
            return true;
        },
        _ => null,
    };
}
