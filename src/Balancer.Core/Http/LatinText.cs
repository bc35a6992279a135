using System.Text;

namespace Balancer.Http;

/// <summary>Text whose characters stand for one byte each (Latin-1).</summary>
internal static class LatinText
{
    /// <summary>Writes a byte for each character; for one that has none a NUL, so that what is made of the text cannot be mistaken for something else.</summary>
    public static void Narrow(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        Encoding.Latin1.GetBytes(text, bytes);
        if (!text.ContainsAnyExceptInRange('\0', '\u00FF'))
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] > '\u00FF')
            {
                bytes[i] = 0;
            }
        }
    }
}
