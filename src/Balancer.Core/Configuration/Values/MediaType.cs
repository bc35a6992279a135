namespace Balancer.Configuration.Values;

/// <summary>The syntax of media types, RFC 9110 section 8.3.1.</summary>
internal static class MediaType
{
    /// <summary>Whether a text is <c>type/subtype</c>, with or without parameters.</summary>
    public static bool IsValid(string text)
    {
        var semicolon = text.IndexOf(';', StringComparison.Ordinal);
        var essence = semicolon < 0 ? text : text[..semicolon].TrimEnd(' ');
        var slash = essence.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && FieldSyntax.IsName(essence[..slash]) && FieldSyntax.IsName(essence[(slash + 1)..]) && FieldSyntax.IndexOfForbidden(text) < 0;
    }
}
