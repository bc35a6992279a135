namespace Balancer.Configuration.Toml;

/// <summary>Dates and times of RFC 3339, from the word that was found.</summary>
internal static class TomlDateTimeParser
{
    private const int DateLength = 10;
    private const int TimeLength = 8;

    /// <summary>Whether a word starts as a date or a time of day does, so that an error should speak of one.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> word) => StartsAsDate(word) || (word.Length > 2 && word[2] == ':' && char.IsAsciiDigit(word[0]) && char.IsAsciiDigit(word[1]));

    /// <summary>Whether a word is a whole date, after which a space may lead to the time.</summary>
    public static bool IsDateAlone(ReadOnlySpan<char> word) => word.Length == DateLength && StartsAsDate(word) && word[7] == '-';

    /// <summary>Reads the word.</summary>
    /// <param name="word">The word; between date and time it holds <c>T</c>, <c>t</c> or a space.</param>
    /// <param name="position">Its place.</param>
    /// <param name="error">What is wrong with it, when the result is null.</param>
    public static TomlValue? Read(ReadOnlySpan<char> word, TomlPosition position, out string? error)
    {
        error = null;
        if (!StartsAsDate(word))
        {
            if (TryReadTime(word, out var time, out var timeLength, ref error) && timeLength == word.Length)
            {
                return new TomlLocalTime(time, position);
            }

            error ??= Malformed(word);
            return null;
        }

        if (!TryReadDate(word, out var date, ref error))
        {
            error ??= Malformed(word);
            return null;
        }

        if (word.Length == DateLength)
        {
            return new TomlLocalDate(date, position);
        }

        if (word[DateLength] is not ('T' or 't' or ' ') || !TryReadTime(word[(DateLength + 1)..], out var timeOfDay, out var length, ref error))
        {
            error ??= Malformed(word);
            return null;
        }

        var local = date.ToDateTime(timeOfDay);
        var rest = word[(DateLength + 1 + length)..];
        if (rest.IsEmpty)
        {
            return new TomlLocalDateTime(local, position);
        }

        if (TryReadOffset(rest, out var offset, ref error))
        {
            return new TomlOffsetDateTime(local, offset, position);
        }

        error ??= Malformed(word);
        return null;
    }

    private static bool StartsAsDate(ReadOnlySpan<char> word) =>
        word.Length > 4 && word[4] == '-' && char.IsAsciiDigit(word[0]) && char.IsAsciiDigit(word[1]) && char.IsAsciiDigit(word[2]) && char.IsAsciiDigit(word[3]);

    private static bool TryReadDate(ReadOnlySpan<char> word, out DateOnly date, ref string? error)
    {
        date = default;
        if (word.Length < DateLength || word[7] != '-' || !TryReadDigits(word, 0, 4, out var year) || !TryReadDigits(word, 5, 2, out var month) || !TryReadDigits(word, 8, 2, out var day))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            error = $"found '{word}', but there is no day {word[..DateLength]}";
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<char> word, out TimeOnly time, out int length, ref string? error)
    {
        time = default;
        length = TimeLength;
        if (word.Length < TimeLength || word[2] != ':' || word[5] != ':' || !TryReadDigits(word, 0, 2, out var hour) || !TryReadDigits(word, 3, 2, out var minute) || !TryReadDigits(word, 6, 2, out var second))
        {
            return false;
        }

        // RFC 3339 knows second 60; no leap second can be told from a mistake without a table of them.
        if (hour > 23 || minute > 59 || second > 59)
        {
            error = $"found '{word}', expected a time from 00:00:00 to 23:59:59";
            return false;
        }

        long ticks = 0;
        if (word.Length > TimeLength && word[TimeLength] == '.')
        {
            var unit = TimeSpan.TicksPerSecond / 10;
            for (length++; length < word.Length && char.IsAsciiDigit(word[length]); length++)
            {
                ticks += (word[length] - '0') * unit;
                unit /= 10;
            }

            if (length == TimeLength + 1)
            {
                return false;
            }
        }

        time = new TimeOnly(new TimeOnly(hour, minute, second).Ticks + ticks);
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> word, out TimeSpan offset, ref string? error)
    {
        offset = TimeSpan.Zero;
        if (word is "Z" or "z")
        {
            return true;
        }

        if (word.Length != 6 || word[0] is not ('+' or '-') || word[3] != ':' || !TryReadDigits(word, 1, 2, out var hours) || !TryReadDigits(word, 4, 2, out var minutes))
        {
            return false;
        }

        if (hours > 23 || minutes > 59)
        {
            error = $"found the offset '{word}', expected one from -23:59 to +23:59";
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        offset = word[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> word, int start, int count, out int value)
    {
        value = 0;
        foreach (var c in word.Slice(start, count))
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = value * 10 + (c - '0');
        }

        return true;
    }

    private static string Malformed(ReadOnlySpan<char> word) => $"found '{word}', expected a date and time as 2026-01-31T23:59:59Z, 2026-01-31 or 23:59:59";
}
