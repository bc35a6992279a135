using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Balancer.Configuration.Toml;

/// <summary>Numbers and booleans, from the word that was found.</summary>
internal static class TomlScalarParser
{
    private const string Expected = "expected a value: a string in quotes, a number, true or false, a date, an array or a table";

    /// <summary>Reads a word that starts a value.</summary>
    /// <param name="word">Letters, digits and the signs <c>_ - + . :</c>; not empty.</param>
    /// <param name="position">Its place.</param>
    /// <param name="value">The value.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryRead(ReadOnlySpan<char> word, TomlPosition position, [NotNullWhen(true)] out TomlValue? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        error = null;
        if (word is "true" or "false")
        {
            value = new TomlBoolean(word[0] == 't', position);
        }
        else if (TomlDateTimeParser.LooksLikeOne(word))
        {
            value = TomlDateTimeParser.Read(word, position, out error);
        }
        else if (char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' || word is "inf" or "nan")
        {
            value = ReadNumber(word, position, out error);
        }
        else
        {
            error = word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("false", StringComparison.OrdinalIgnoreCase)
                ? $"found '{word}', expected true or false in small letters"
                : word is "on" or "yes" or "off" or "no"
                    ? $"found '{word}', expected {(word is "on" or "yes" ? "true" : "false")}"
                    : $"found '{word}', {Expected}";
        }

        return value is not null;
    }

    private static TomlValue? ReadNumber(ReadOnlySpan<char> word, TomlPosition position, out string? error)
    {
        var unsigned = word[0] is '+' or '-' ? word[1..] : word;
        var negative = word[0] == '-';
        if (unsigned is "inf")
        {
            error = null;
            return new TomlFloat(negative ? double.NegativeInfinity : double.PositiveInfinity, position);
        }

        if (unsigned is "nan")
        {
            error = null;
            return new TomlFloat(double.NaN, position);
        }

        if (word.Length > 1 && word[0] == '0' && word[1] is 'x' or 'o' or 'b')
        {
            return ReadBased(word, position, out error);
        }

        return unsigned.ContainsAny('.', 'e', 'E') ? ReadFloat(word, unsigned, position, out error) : ReadDecimal(word, unsigned, position, out error);
    }

    private static TomlInteger? ReadBased(ReadOnlySpan<char> word, TomlPosition position, out string? error)
    {
        var bits = word[1] switch { 'x' => 4, 'o' => 3, _ => 1 };
        var digits = word[2..];
        ulong sum = 0;
        if (!HasDigits(digits, c => char.IsAsciiHexDigit(c)))
        {
            error = Malformed(word, "an integer");
            return null;
        }

        foreach (var c in digits)
        {
            if (c == '_')
            {
                continue;
            }

            var digit = (uint)Convert.ToInt32(c.ToString(), 16);
            if (digit >= 1u << bits)
            {
                error = $"found the digit '{c}' in '{word}', expected digits of base {1 << bits}";
                return null;
            }

            if (sum >> (63 - bits) != 0)
            {
                error = TooLarge(word);
                return null;
            }

            sum = (sum << bits) | digit;
        }

        error = null;
        return new TomlInteger((long)sum, position);
    }

    private static TomlInteger? ReadDecimal(ReadOnlySpan<char> word, ReadOnlySpan<char> unsigned, TomlPosition position, out string? error)
    {
        if (!HasDigits(unsigned, char.IsAsciiDigit))
        {
            error = $"{Malformed(word, "a number")}; a text needs quotes";
            return null;
        }

        if (HasLeadingZero(unsigned))
        {
            error = LeadingZero(word);
            return null;
        }

        if (!long.TryParse(WithoutUnderscores(word), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            error = TooLarge(word);
            return null;
        }

        error = null;
        return new TomlInteger(value, position);
    }

    private static TomlFloat? ReadFloat(ReadOnlySpan<char> word, ReadOnlySpan<char> unsigned, TomlPosition position, out string? error)
    {
        var mantissa = unsigned;
        var well = true;
        var e = unsigned.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            var exponent = unsigned[(e + 1)..];
            if (!exponent.IsEmpty && exponent[0] is '+' or '-')
            {
                exponent = exponent[1..];
            }

            well = HasDigits(exponent, char.IsAsciiDigit);
            mantissa = unsigned[..e];
        }

        var whole = mantissa;
        var dot = mantissa.IndexOf('.');
        if (dot >= 0)
        {
            well &= HasDigits(mantissa[(dot + 1)..], char.IsAsciiDigit);
            whole = mantissa[..dot];
        }

        if (!well || !HasDigits(whole, char.IsAsciiDigit))
        {
            error = $"{Malformed(word, "a number")}; a text, such as an address, needs quotes";
            return null;
        }

        if (HasLeadingZero(whole))
        {
            error = LeadingZero(word);
            return null;
        }

        error = null;
        return new TomlFloat(double.Parse(WithoutUnderscores(word), NumberStyles.Float, CultureInfo.InvariantCulture), position);
    }

    /// <summary>Digits, with single underscores between them only.</summary>
    private static bool HasDigits(ReadOnlySpan<char> text, Func<char, bool> isDigit)
    {
        var lastWasDigit = false;
        foreach (var c in text)
        {
            if (isDigit(c))
            {
                lastWasDigit = true;
            }
            else if (c == '_' && lastWasDigit)
            {
                lastWasDigit = false;
            }
            else
            {
                return false;
            }
        }

        return lastWasDigit;
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> digits) => digits.Length > 1 && digits[0] == '0';

    private static string WithoutUnderscores(ReadOnlySpan<char> word) => word.ToString().Replace("_", "", StringComparison.Ordinal);

    private static string Malformed(ReadOnlySpan<char> word, string what) => $"found '{word}', which is not {what}";

    private static string LeadingZero(ReadOnlySpan<char> word) => $"found '{word}', expected a number without a leading zero";

    private static string TooLarge(ReadOnlySpan<char> word) => $"found '{word}', expected an integer from {long.MinValue} to {long.MaxValue}";
}
