using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Balancer.Configuration.Values;

/// <summary>
/// Regular expressions of locations and server names. They run in time linear to the text (<see cref="RegexOptions.NonBacktracking"/>) where they can;
/// one with a lookaround, a back-reference or an atomic group backtracks, and is given up with a <see cref="RegexMatchTimeoutException"/> after <see cref="MatchTimeout"/>.
/// </summary>
internal static class ConfigRegex
{
    /// <summary>How long a backtracking expression may run on one request.</summary>
    public static TimeSpan MatchTimeout { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Compiles an expression. PCRE's <c>(?P&lt;name&gt;…)</c> is understood.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="ignoreCase">Whether case matters not.</param>
    /// <param name="regex">The compiled expression.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="errorIndex">Index of the pattern near which it is wrong.</param>
    public static bool TryCreate(string pattern, bool ignoreCase, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error, out int errorIndex)
    {
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        var translated = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        regex = null;
        error = null;
        errorIndex = 0;
        try
        {
            regex = Create(translated, options);
            return true;
        }
        catch (RegexParseException e)
        {
            var shift = pattern.Length - translated.Length;
            errorIndex = Math.Clamp(shift == 0 ? e.Offset - 1 : 0, 0, pattern.Length);
            error = $"the regular expression does not compile: {Reason(e)}";
            return false;
        }
    }

    private static Regex Create(string pattern, RegexOptions options)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options | RegexOptions.Compiled, MatchTimeout);
        }
    }

    /// <summary>.NET writes <c>Invalid pattern 'x' at offset 3. Reason.</c>; the pattern and the place are shown by the caller.</summary>
    private static string Reason(RegexParseException e)
    {
        var offset = e.Message.LastIndexOf($"at offset {e.Offset}. ", StringComparison.Ordinal);
        var reason = offset < 0 ? e.Message : e.Message[(offset + $"at offset {e.Offset}. ".Length)..];
        return reason.TrimEnd('.');
    }
}
