using System.Globalization;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>so_keepalive</c>: on, off, or <c>idle:interval:count</c>, each of which may be empty.</summary>
internal sealed class SocketKeepaliveType : WordType<KeepaliveSocketConfig>
{
    private const int GreatestSeconds = 32767;
    private const int GreatestCount = 127;

    public override string Name => "on, off or idle:interval:count";

    public override string Expected => "on, off, or idle:interval:count such as 30m::10, times in whole seconds up to 32767, count up to 127";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out KeepaliveSocketConfig result)
    {
        if (value is TomlBoolean boolean)
        {
            result = new KeepaliveSocketConfig(boolean.Value);
            return true;
        }

        return base.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out KeepaliveSocketConfig result)
    {
        result = new KeepaliveSocketConfig(word.Text == "on");
        if (word.Text is "on" or "off")
        {
            return true;
        }

        var parts = word.Text.Split(':');
        if (parts.Length != 3 || word.Text == "::" || !TryReadTime(parts[0], out var idle) || !TryReadTime(parts[1], out var interval) || !TryReadCount(parts[2], out var count))
        {
            return context.FailExpected(word, Expected);
        }

        result = new KeepaliveSocketConfig(true, idle, interval, count);
        return true;
    }

    public override string WriteWord(KeepaliveSocketConfig value) => value switch
    {
        { Enabled: false } => "off",
        { Idle: null, Interval: null, Count: null } => "on",
        _ => $"{Format(value.Idle)}:{Format(value.Interval)}:{value.Count}",
    };

    private static string Format(TimeSpan? time) => time is { } value ? Duration.Format(value) : "";

    private static bool TryReadTime(string text, out TimeSpan? time)
    {
        time = null;
        if (text.Length == 0)
        {
            return true;
        }

        var well = Duration.TryParse(text, out var value) && value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromSeconds(GreatestSeconds) && value.Ticks % TimeSpan.TicksPerSecond == 0;
        time = value;
        return well;
    }

    private static bool TryReadCount(string text, out int? count)
    {
        count = null;
        if (text.Length == 0)
        {
            return true;
        }

        var well = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= GreatestCount;
        count = value;
        return well;
    }
}
