namespace Balancer.Daemon.Control;

/// <summary>The daemon's answer to a command: text, the first line <c>ok</c> or <c>refused</c>, each further line a reason.</summary>
/// <param name="IsOk">Whether the command took effect.</param>
/// <param name="Reasons">Why not; one line each.</param>
internal sealed record ControlReply(bool IsOk, IReadOnlyList<string> Reasons)
{
    private const string OkLine = "ok";
    private const string RefusedLine = "refused";

    /// <summary>The command took effect.</summary>
    public static ControlReply Ok { get; } = new(true, []);

    /// <summary>The command did not take effect.</summary>
    public static ControlReply Refused(params IEnumerable<string> reasons) => new(false, [.. reasons]);

    /// <summary>Reads the text of an answer; null when it is not one, because the daemon ended before it had written all of it.</summary>
    public static ControlReply? Parse(string text)
    {
        if (!text.EndsWith('\n'))
        {
            return null;
        }

        var lines = text[..^1].Split('\n');
        return lines[0] switch
        {
            OkLine when lines.Length == 1 => Ok,
            RefusedLine => Refused(lines.Skip(1)),
            _ => null,
        };
    }

    /// <summary>The text of the answer.</summary>
    public override string ToString() =>
        string.Concat(Reasons.Select(static reason => reason.ReplaceLineEndings(" ")).Prepend(IsOk ? OkLine : RefusedLine).Select(static line => line + "\n"));
}
