namespace Balancer.Configuration.Values;

/// <summary>The origins of web pages (RFC 6454): scheme, host and port, the port left out where it is the scheme's own.</summary>
internal static class OriginSyntax
{
    /// <summary>Brings an origin into the form all of its spellings share: lower case, without the scheme's own port.</summary>
    /// <returns>False when the text is none.</returns>
    public static bool TryNormalize(string text, out string origin)
    {
        origin = text.ToLowerInvariant();
        var end = origin.IndexOf("://", StringComparison.Ordinal);
        if (end < 1 || !char.IsAsciiLetter(origin[0]) || !origin.AsSpan(0, end).ContainsOnlySchemeCharacters())
        {
            return false;
        }

        var authority = origin.AsSpan(end + 3);
        var colon = authority.LastIndexOf(':');
        var host = authority;
        if (colon >= 0 && !authority.EndsWith("]", StringComparison.Ordinal))
        {
            host = authority[..colon];
            var port = authority[(colon + 1)..];
            if (port.IsEmpty || port.ContainsAnyExceptInRange('0', '9') || port[0] == '0' || !ushort.TryParse(port, out var number))
            {
                return false;
            }

            if (number == DefaultPort(origin.AsSpan(0, end)))
            {
                origin = origin[..(end + 3 + colon)];
            }
        }

        return IsHost(host);
    }

    /// <summary>An expression that fits whole origins only, whatever alternatives stand in it: of <c>^a|b$</c> neither would be bound at both ends.</summary>
    public static string Whole(string pattern) => $"^(?:{pattern})$";

    private static int DefaultPort(ReadOnlySpan<char> scheme) => scheme switch
    {
        "http" => 80,
        "https" => 443,
        _ => 0,
    };

    private static bool IsHost(ReadOnlySpan<char> host) => host is ['[', .., ']']
        ? System.Net.IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        : host.Length > 0 && HostName.IsDnsName(host);

    private static bool ContainsOnlySchemeCharacters(this ReadOnlySpan<char> scheme)
    {
        foreach (var c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
