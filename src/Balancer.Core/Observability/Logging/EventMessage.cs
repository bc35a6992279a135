using System.Text.RegularExpressions;

namespace Balancer.Observability.Logging;

/// <summary>
/// Events are declared as <c>"a try failed: upstream={Upstream} server={Server}"</c>, so that other log writers show their values.
/// Ours prints the values as pairs of their own and leaves them out of the message.
/// </summary>
internal static partial class EventMessage
{
    /// <summary>The message without the pairs at its end, if its format is fixed text and pairs.</summary>
    public static string Shorten(string message, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (key, value) in values)
        {
            if (key == "{OriginalFormat}" && value is string format && TextAndPairs().Match(format) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        return message;
    }

    [GeneratedRegex(@"^([^{}]+):(?: \w+=\{\w+\})+$")]
    private static partial Regex TextAndPairs();
}
