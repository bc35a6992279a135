using System.Buffers;

namespace Balancer.Configuration.Values;

/// <summary>The syntax of header fields, RFC 9110 section 5.</summary>
internal static class FieldSyntax
{
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a text is a field name.</summary>
    public static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Token);

    /// <summary>Index of the first character that a field value cannot hold, such as a line end; -1 when there is none.</summary>
    public static int IndexOfForbidden(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is < ' ' and not '\t' or '\x7f')
            {
                return i;
            }
        }

        return -1;
    }
}
