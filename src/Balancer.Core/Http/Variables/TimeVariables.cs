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
        "msec" => (_, output) => Seconds(clock, output),
        "time_local" => (_, output) => Bytes(clock.CommonLog, output),
        "time_iso8601" => (_, output) => Bytes(clock.Iso8601, output),
        _ => null,
    };

    private static bool Seconds(WallClock clock, ByteBuffer output)
    {
        output.AppendSeconds(clock.UnixMilliseconds);
        return true;
    }

    private static bool Bytes(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        output.Append(value);
        return true;
    }
}
