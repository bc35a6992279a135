using System.Text;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Files;

/// <summary>Fills the placeholders of one text, and keeps the places of its characters.</summary>
/// <param name="source">The text.</param>
/// <param name="variable">Gives the value of an environment variable; null and what is wrong when there is none.</param>
/// <param name="file">Gives the content of a file; null and what is wrong when it cannot be had.</param>
internal sealed class PlaceholderFilling(TomlString source, Func<string, (string? Text, string? Fault)> variable, Func<string, (string? Text, string? Fault)> file)
{
    private const string FilePrefix = "file:";
    private const string DefaultMark = ":-";

    private readonly string _text = source.Value;
    private readonly StringBuilder _filled = new();
    private readonly List<TomlInsert> _inserts = [];
    private readonly List<TomlStringBreak> _breaks = [];

    /// <summary>What is wrong, and at which index of the text.</summary>
    public List<(int Index, string Message)> Faults { get; } = [];

    /// <summary>The text with all placeholders filled.</summary>
    public TomlString Result => _inserts.Count == 0 ? source : new TomlString(_filled.ToString(), source.Position, source.PositionOf(0), [.. _breaks]) { Inserts = _inserts };

    /// <summary>Fills <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${file:PATH}</c>; all else stays.</summary>
    public void Run()
    {
        var copied = 0;
        for (var start = _text.IndexOf("${", StringComparison.Ordinal); start >= 0; start = _text.IndexOf("${", start + 2, StringComparison.Ordinal))
        {
            var end = start;
            if (start < copied || !TryRead(ref end, out var value))
            {
                continue;
            }

            Copy(copied, start);
            Insert(start, end, value);
            copied = end;
        }

        Copy(copied, _text.Length);
    }

    /// <summary>Takes the content of a file for all of the text.</summary>
    /// <param name="start">Index at which its path begins.</param>
    public void TakeFile(int start)
    {
        var path = ReadUntil(null, 0, ref start);
        Insert(0, _text.Length, Get(file(path), 0));
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    /// <summary>Whether a name is the environment's where nothing else tells: variables of requests are written in small letters.</summary>
    private static bool IsEnvironmentName(string name) => name.Length > 0 && IsLetter(name[0]) && !name.Any(char.IsAsciiLetterLower);

    /// <summary>Reads a placeholder.</summary>
    /// <param name="index">Of its dollar sign; afterwards of the character behind it.</param>
    /// <param name="value">What it stands for; empty when that cannot be had.</param>
    /// <returns>False when it is none of ours.</returns>
    private bool TryRead(ref int index, out string value)
    {
        value = "";
        var dollar = index;
        var start = dollar + 2;
        if (string.CompareOrdinal(_text, start, FilePrefix, 0, FilePrefix.Length) == 0)
        {
            index = start + FilePrefix.Length;
            value = Get(file(ReadUntil('}', dollar, ref index)), dollar);
            return true;
        }

        var end = start;
        while (end < _text.Length && (IsLetter(_text[end]) || char.IsAsciiDigit(_text[end])))
        {
            end++;
        }

        var name = _text[start..end];
        if (string.CompareOrdinal(_text, end, DefaultMark, 0, DefaultMark.Length) == 0 && name.Length > 0 && IsLetter(name[0]))
        {
            index = end + DefaultMark.Length;
            var faults = Faults.Count;
            value = ReadUntil('}', dollar, ref index);

            // As in a shell an empty one counts as not set, and a default that is not needed may be wrong as long as it ends.
            if (variable(name) is { Text.Length: > 0 } set)
            {
                Faults.RemoveRange(faults, index <= _text.Length && _text[index - 1] == '}' ? Faults.Count - faults : 0);
                value = Get(set, dollar);
            }

            return true;
        }

        if (end == _text.Length || _text[end] != '}' || !IsEnvironmentName(name))
        {
            return false;
        }

        value = Get(variable(name), dollar);
        index = end + 1;
        return true;
    }

    /// <summary>Reads a default or a path, which may hold placeholders itself, up to its closing brace; up to the end of the text where there is none to come.</summary>
    private string ReadUntil(char? close, int dollar, ref int index)
    {
        var value = new StringBuilder();
        while (index < _text.Length && _text[index] != close)
        {
            var end = index;
            if (_text[index] == '$' && index + 1 < _text.Length && _text[index + 1] == '{' && TryRead(ref end, out var inner))
            {
                value.Append(inner);
                index = end;
            }
            else
            {
                value.Append(_text[index++]);
            }
        }

        if (index < _text.Length)
        {
            index++;
        }
        else if (close is not null)
        {
            Faults.Add((dollar, "the placeholder lacks its closing brace"));
        }

        return value.ToString();
    }

    private string Get((string? Text, string? Fault) found, int index)
    {
        if (found.Fault is { } fault)
        {
            Faults.Add((index, fault));
        }
        else if (found.Text!.Contains('\0', StringComparison.Ordinal))
        {
            Faults.Add((index, "what it stands for holds a NUL"));
        }

        return found.Text ?? "";
    }

    private void Copy(int start, int end)
    {
        if (start < end)
        {
            var shift = _filled.Length - start;
            _breaks.Add(new TomlStringBreak(_filled.Length, source.PositionOf(start)));
            foreach (var (index, position) in source.Breaks)
            {
                if (index > start && index < end)
                {
                    _breaks.Add(new TomlStringBreak(index + shift, position));
                }
            }

            _filled.Append(_text, start, end - start);
        }
    }

    private void Insert(int start, int end, string value)
    {
        _breaks.Add(new TomlStringBreak(_filled.Length, source.PositionOf(start)));
        _inserts.Add(new TomlInsert(_filled.Length, value.Length, _text[start..end]));
        _filled.Append(value);
    }
}
