using System.Diagnostics.CodeAnalysis;

namespace Balancer.Configuration.Values;

/// <summary>nginx's location text: <c>/prefix</c>, <c>= /exact</c>, <c>^~ /prefix</c>, <c>~ regex</c>, <c>~* regex</c> or <c>@name</c>.</summary>
/// <param name="Match">The modifier.</param>
/// <param name="Pattern">The text after it.</param>
/// <param name="PatternIndex">Index of the pattern in the whole text.</param>
internal readonly record struct LocationPath(LocationMatch Match, string Pattern, int PatternIndex)
{
    // The longer ones first.
    private static readonly (string Text, LocationMatch Match)[] Modifiers =
    [
        ("~*", LocationMatch.RegexIgnoreCase), ("^~", LocationMatch.PrefixNoRegex), ("~", LocationMatch.Regex), ("=", LocationMatch.Exact),
    ];

    /// <summary>Whether the pattern is a regular expression.</summary>
    public bool IsRegex => Match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase;

    /// <summary>Reads the text. Regular expressions are not compiled here.</summary>
    public static bool TryParse(string text, out LocationPath path, [NotNullWhen(false)] out string? error)
    {
        var match = LocationMatch.Prefix;
        var start = 0;
        foreach (var (modifier, meaning) in Modifiers)
        {
            if (text.StartsWith(modifier, StringComparison.Ordinal))
            {
                match = meaning;
                start = modifier.Length;
                break;
            }
        }

        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        // nginx wants quotes around expressions with braces or a semicolon.
        var pattern = text[start..];
        if (pattern.Length > 1 && pattern[0] == '"' && pattern[^1] == '"')
        {
            pattern = pattern[1..^1];
            start++;
        }

        if (match == LocationMatch.Prefix && pattern.StartsWith('@'))
        {
            match = LocationMatch.Named;
        }

        path = new LocationPath(match, pattern, start);
        error = path switch
        {
            { Pattern: "" } => "found no path, expected \"/prefix\", \"= /exact\", \"^~ /prefix\", \"~ regex\", \"~* regex\" or \"@name\"",
            { IsRegex: true } => null,
            { Match: LocationMatch.Named } => IsName(pattern) ? null : $"found '{pattern}', expected a name without blanks after the '@'",
            { Pattern: not ['/', ..] } => $"found '{path.Pattern}', expected a path that starts with '/'",
            _ when path.Pattern.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 => "a path cannot hold control characters",
            _ => null,
        };
        return error is null;
    }

    /// <summary>The text that reads back as the same path.</summary>
    public static string Format(LocationMatch match, string pattern) => match switch
    {
        LocationMatch.Exact => "= " + pattern,
        LocationMatch.PrefixNoRegex => "^~ " + pattern,
        LocationMatch.Regex => "~ " + pattern,
        LocationMatch.RegexIgnoreCase => "~* " + pattern,
        _ => pattern,
    };

    /// <summary>Whether a text is the name of a location, its at sign included.</summary>
    public static bool IsName(string text) => text.Length > 1 && text[0] == '@' && !text.AsSpan().ContainsAnyInRange('\0', ' ');
}
