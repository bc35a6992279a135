using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Balancer.Configuration.Toml;

/// <summary>The decoded text of a document, which knows the line and column of every index.</summary>
internal sealed class TomlText
{
    private const char ByteOrderMark = '\uFEFF';

    private readonly int[] _lineStarts;
    private int _lastLine;

    private TomlText(string text)
    {
        Text = text;
        Start = text.StartsWith(ByteOrderMark) ? 1 : 0;
        var starts = new List<int>(text.Length / 24 + 4) { Start };
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }

        _lineStarts = [.. starts];
    }

    /// <summary>The text; bytes that are not UTF-8 have become U+FFFD.</summary>
    public string Text { get; }

    /// <summary>Index of the first character, after a byte order mark.</summary>
    public int Start { get; }

    /// <summary>Decodes a file.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="invalid">Indexes of the text at which the bytes were not UTF-8.</param>
    public static TomlText Decode(ReadOnlySpan<byte> utf8, out IReadOnlyList<int> invalid)
    {
        var buffer = ArrayPool<char>.Shared.Rent(utf8.Length + 1);
        var faults = new List<int>();
        var length = 0;
        while (!utf8.IsEmpty)
        {
            var status = Utf8.ToUtf16(utf8, buffer.AsSpan(length), out var read, out var written, replaceInvalidSequences: false, isFinalBlock: true);
            length += written;
            utf8 = utf8[read..];
            if (status == OperationStatus.Done)
            {
                break;
            }

            Rune.DecodeFromUtf8(utf8, out _, out var skipped);
            faults.Add(length);
            buffer[length++] = '\uFFFD';
            utf8 = utf8[Math.Max(1, skipped)..];
        }

        var text = new TomlText(new string(buffer, 0, length));
        ArrayPool<char>.Shared.Return(buffer);
        invalid = faults;
        return text;
    }

    /// <summary>Line and column of an index; the end of the text is allowed.</summary>
    public TomlPosition PositionAt(int index)
    {
        var line = LineOf(index);
        var column = 1;
        for (var i = _lineStarts[line]; i < index && i < Text.Length; i++)
        {
            if (!char.IsLowSurrogate(Text[i]))
            {
                column++;
            }
        }

        return new TomlPosition(line + 1, column);
    }

    /// <summary>Index at which the line of an index starts.</summary>
    public int LineStart(int index) => _lineStarts[LineOf(index)];

    /// <summary>Index at which the line after that of an index starts, or the end of the text.</summary>
    public int NextLineStart(int index)
    {
        var line = LineOf(index) + 1;
        return line < _lineStarts.Length ? _lineStarts[line] : Text.Length;
    }

    private int LineOf(int index)
    {
        // Questions come in the order of the file, nearly always about the line of the last one or the next.
        for (var line = _lastLine; line < Math.Min(_lastLine + 2, _lineStarts.Length); line++)
        {
            if (index >= _lineStarts[line] && (line + 1 == _lineStarts.Length || index < _lineStarts[line + 1]))
            {
                return _lastLine = line;
            }
        }

        var found = Array.BinarySearch(_lineStarts, index);
        return _lastLine = Math.Max(0, found >= 0 ? found : ~found - 1);
    }
}
