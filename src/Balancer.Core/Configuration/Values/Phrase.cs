using System.Text;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Values;

/// <summary>Cuts what nginx writes as a line into words: blanks separate, quotes hold together.</summary>
internal static class Phrase
{
    /// <summary>Cuts a string into its words.</summary>
    /// <param name="source">The string.</param>
    /// <param name="limit">Most words; the last one takes the rest as it is, unless all of the rest is in quotes. Zero is no limit.</param>
    /// <param name="words">The words.</param>
    /// <param name="error">What is wrong, when the result is false.</param>
    /// <param name="errorIndex">Index in the string at which it is wrong.</param>
    public static bool TrySplit(TomlString source, int limit, List<Word> words, out string? error, out int errorIndex)
    {
        var text = source.Value;
        error = null;
        errorIndex = 0;
        for (var i = SkipBlanks(text, 0); i < text.Length; i = SkipBlanks(text, i))
        {
            var start = i;
            if (text[i] is '"' or '\'')
            {
                if (TryReadQuoted(text, ref i, out var quoted) && (words.Count + 1 != limit || SkipBlanks(text, i) == text.Length))
                {
                    words.Add(new Word(quoted, source, start));
                    continue;
                }

                if (words.Count + 1 != limit)
                {
                    error = i >= text.Length ? $"the quote {text[start]} is not closed" : $"expected a blank after the closing quote {text[start]}";
                    errorIndex = Math.Min(start, text.Length);
                    return false;
                }
            }

            i = words.Count + 1 == limit ? text.AsSpan().TrimEnd().Length : EndOfWord(text, start);
            if (text[i - 1] == ';' && i == text.Length && words.Count + 1 != limit)
            {
                error = "found ';', which TOML does not need: remove it";
                errorIndex = i - 1;
                return false;
            }

            words.Add(new Word(text[start..i], source, start));
        }

        return true;
    }

    /// <summary>Whether a text reads back as one word without quotes.</summary>
    public static bool IsPlainWord(string text) => text.Length > 0 && text[0] is not ('"' or '\'') && text[^1] != ';' && !text.AsSpan().ContainsAny(" \t\r\n");

    /// <summary>A text so that it reads back as one word.</summary>
    public static string WriteWord(string text) =>
        IsPlainWord(text) ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Whether a text reads back as the rest of a phrase.</summary>
    public static bool IsPlainRest(string text) => text.Length > 0 && text[0] is not ('"' or '\'') && !IsBlank(text[0]) && !IsBlank(text[^1]);

    private static int SkipBlanks(string text, int index)
    {
        while (index < text.Length && IsBlank(text[index]))
        {
            index++;
        }

        return index;
    }

    private static int EndOfWord(string text, int index)
    {
        while (index < text.Length && !IsBlank(text[index]))
        {
            index++;
        }

        return index;
    }

    private static bool TryReadQuoted(string text, ref int index, out string quoted)
    {
        var quote = text[index];
        var result = new StringBuilder();
        for (index++; index < text.Length && text[index] != quote; index++)
        {
            if (text[index] == '\\' && index + 1 < text.Length && text[index + 1] is '"' or '\'' or '\\')
            {
                index++;
            }

            result.Append(text[index]);
        }

        quoted = result.ToString();
        if (index >= text.Length)
        {
            return false;
        }

        index++;
        return index == text.Length || IsBlank(text[index]);
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';
}
