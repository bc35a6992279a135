using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A time: a text with units, or a number of seconds.</summary>
internal sealed class TimeType(TimeSpan least, TimeSpan greatest) : ValueType<TimeSpan>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);

    /// <summary>How long something may take: 1 ms to 24 days.</summary>
    public static TimeType Timeout { get; } = new(TimeSpan.FromMilliseconds(1), LongestTimeout);

    /// <summary>A time whose zero has a meaning of its own: 0 to 24 days.</summary>
    public static TimeType FromZero { get; } = new(TimeSpan.Zero, LongestTimeout);

    public override string Name => "time";

    public override string Expected { get; } =
        $"a time {(least > TimeSpan.Zero ? $"from {Duration.Format(least)} " : "")}up to {Duration.Format(greatest)}, such as \"30s\", \"500ms\" or \"1m30s\", or a number of seconds";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Number((long)Math.Ceiling(least.TotalSeconds), (long)greatest.TotalSeconds), JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out TimeSpan result)
    {
        result = default;
        if (value is TomlString text)
        {
            return TryReadWord(Word.Whole(text), context, out result);
        }

        if (value is not TomlInteger seconds || seconds.Value < 0 || seconds.Value > (long)greatest.TotalSeconds)
        {
            return context.FailExpected(value, Expected);
        }

        result = TimeSpan.FromSeconds(seconds.Value);
        return result >= least || context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out TimeSpan result) =>
        (Duration.TryParse(word.Text, out result) && result >= least && result <= greatest) || context.FailExpected(word, Expected);

    public override string Write(TimeSpan value) => value == TimeSpan.Zero ? "0" : TomlFormat.Quote(Duration.Format(value));

    public override string WriteWord(TimeSpan value) => Duration.Format(value);
}
