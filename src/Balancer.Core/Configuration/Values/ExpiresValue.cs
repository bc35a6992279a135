namespace Balancer.Configuration.Values;

/// <summary>An <c>expires</c> that is known.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Seconds">The time; negative for one that has passed.</param>
internal readonly record struct ExpiresValue(ExpiresKind Kind, long Seconds)
{
    private const long Day = 24 * 60 * 60;

    /// <summary>What messages say was expected.</summary>
    public const string Expected = "a time such as \"30d\", \"-1\", \"modified +24h\" or \"@15h30m\", or epoch, max or off";

    /// <summary>Reads a time or word.</summary>
    /// <param name="text">The text without <c>modified</c>.</param>
    /// <param name="isModified">Whether <c>modified</c> stands before it.</param>
    /// <param name="value">What it says.</param>
    public static bool TryParse(ReadOnlySpan<char> text, bool isModified, out ExpiresValue value)
    {
        value = default;
        if (!isModified)
        {
            switch (text)
            {
                case "off":
                    return true;
                case "epoch":
                    value = new ExpiresValue(ExpiresKind.Epoch, 0);
                    return true;
                case "max":
                    value = new ExpiresValue(ExpiresKind.Max, 0);
                    return true;
            }
        }

        var kind = isModified ? ExpiresKind.Modified : ExpiresKind.Access;
        var isNegative = false;
        switch (text)
        {
            case ['@', ..] when isModified:
                return false;
            case ['@', ..]:
                kind = ExpiresKind.Daily;
                text = text[1..];
                break;
            case ['+' or '-', ..]:
                isNegative = text[0] == '-';
                text = text[1..];
                break;
        }

        // nginx takes no milliseconds here.
        if (text.EndsWith("ms", StringComparison.Ordinal) || !Duration.TryParse(text, out var time))
        {
            return false;
        }

        var seconds = (long)time.TotalSeconds;
        value = new ExpiresValue(kind, isNegative ? -seconds : seconds);
        return kind != ExpiresKind.Daily || seconds <= Day;
    }
}
