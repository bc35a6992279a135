using System.Globalization;

namespace Balancer.Configuration.Values;

/// <summary>
/// Rates of requests: nginx's <c>5r/s</c> and <c>50r/m</c>, and, beyond nginx, <c>1000r/h</c>, <c>1r/d</c> and any time such as <c>100r/15m</c>.
/// </summary>
internal static class RequestRate
{
    /// <summary>The greatest number of requests.</summary>
    public const int MostRequests = 1_000_000_000;

    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "a rate such as \"5r/s\", \"50r/m\", \"1000r/h\" or \"100r/15m\"";

    private const string Separator = "r/";
    private const int MostDigits = 10;

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <summary>Reads a rate of 1 to <see cref="MostRequests"/> requests in 1 s to 30 days.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RequestRateConfig rate)
    {
        rate = default;
        var separator = text.IndexOf(Separator);
        if (separator is <= 0 or > MostDigits
            || !long.TryParse(text[..separator], NumberStyles.None, CultureInfo.InvariantCulture, out var requests)
            || requests is < 1 or > MostRequests
            || !TryParseWindow(text[(separator + Separator.Length)..], out var window))
        {
            return false;
        }

        rate = new RequestRateConfig((int)requests, window);
        return true;
    }

    /// <summary>The shortest text that reads back as the same rate: <c>50r/m</c>, never <c>50r/1m</c>.</summary>
    public static string Format(RequestRateConfig rate)
    {
        var window = Duration.Format(rate.Window);
        return string.Create(CultureInfo.InvariantCulture, $"{rate.Requests}{Separator}{(window is ['1', _] ? window[1..] : window)}");
    }

    private static bool TryParseWindow(ReadOnlySpan<char> text, out TimeSpan window)
    {
        window = default;
        var isUnit = text is "s" or "m" or "h" or "d";

        // A bare number is no time here: 100r/60 would look like a fraction.
        return (isUnit || (text.Length > 1 && char.IsAsciiLetter(text[^1]) && !text.Contains(' ')))
            && Duration.TryParse(isUnit ? $"1{text}" : text, out window)
            && window >= s_shortest
            && window <= s_longest;
    }
}
