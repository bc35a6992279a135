using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Balancer.Configuration.Values;
using Balancer.Http.Variables;

namespace Balancer.Http.Patterns;

/// <summary>
/// A regular expression of the configuration, matched against bytes: each byte is one character (Latin-1), as in nginx without <c>(*UTF8)</c>.
/// Runs in time linear in the input (<see cref="RegexOptions.NonBacktracking"/>); a pattern that needs look-around, back-references or
/// atomic groups runs backtracking, limited by <see cref="ConfigRegex.MatchTimeout"/>.
/// </summary>
internal sealed class BytePattern
{
    private readonly Regex _regex;
    private readonly bool _captures;

    private BytePattern(Regex regex, IReadOnlyList<string?> names)
    {
        _regex = regex;
        _captures = names.Count > 1;
        CaptureNames = names.Any(name => name is not null) ? [.. names] : null;
    }

    /// <summary>Whether the pattern needs backtracking, so that a match may take long and be given up.</summary>
    public bool Backtracks => (_regex.Options & RegexOptions.NonBacktracking) == 0;

    /// <summary>Names of the captures by index, null where one has none; null when none has.</summary>
    public string?[]? CaptureNames { get; }

    /// <summary>Compiles a pattern, written as for PCRE (<see cref="PcreTranslation"/>); false with the reason when it is not one, or names a capture like a variable.</summary>
    public static bool TryCompile(string pattern, bool ignoreCase, out BytePattern? compiled, out string? error)
    {
        var translation = PcreTranslation.Of(pattern);
        error = translation.Error;
        compiled = error is null && ConfigRegex.TryCreate(translation.Text, ignoreCase, out var regex, out error, out _)
            ? new BytePattern(regex, translation.Names)
            : null;
        if (compiled?.CaptureNames?.FirstOrDefault(name => name is not null && VariableTable.IsTaken(name)) is { } taken)
        {
            error = $"the capture '{taken}' is named like the variable '${taken}', expected another name";
            compiled = null;
        }

        return compiled is not null;
    }

    /// <summary>Whether the pattern is found in the bytes; with groups in the pattern also what they captured, the whole match first.</summary>
    public bool IsMatch(ReadOnlySpan<byte> input, out string[]? captures)
    {
        captures = null;
        return IsMatch(input, _captures, ref captures);
    }

    /// <summary>Whether the pattern is found in the bytes.</summary>
    public bool IsMatch(ReadOnlySpan<byte> input)
    {
        string[]? captures = null;
        return IsMatch(input, captures: false, ref captures);
    }

    private bool IsMatch(ReadOnlySpan<byte> input, bool captures, ref string[]? captured)
    {
        char[]? rented = null;
        var characters = input.Length <= 512 ? stackalloc char[512] : (rented = ArrayPool<char>.Shared.Rent(input.Length));
        characters = characters[..Encoding.Latin1.GetChars(input, characters)];
        var found = _regex.IsMatch(characters);
        if (found && captures)
        {
            captured = Capture(characters.ToString());
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }

    private string[] Capture(string input)
    {
        var groups = _regex.Match(input).Groups;
        var captures = new string[groups.Count];
        for (var i = 0; i < captures.Length; i++)
        {
            captures[i] = groups[i].Value;
        }

        return captures;
    }
}
