namespace Balancer.Configuration.Values;

/// <summary>The syntax of <c>server_name</c>.</summary>
internal static class ServerNameSyntax
{
    /// <summary>What is wrong with a name that is no regular expression; null when it is an exact name, <c>*.example.com</c>, <c>.example.com</c>, <c>www.example.*</c>, an IP address, <c>_</c> or empty.</summary>
    public static string? Check(string name)
    {
        if (name is "" or "_")
        {
            return null;
        }

        if (name.Contains("://", StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal))
        {
            return $"found '{name}', expected a host name alone, without scheme and path";
        }

        var bare = name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
        if (HostName.TryParseIPv6(bare, out _))
        {
            return null;
        }

        if (name.Contains(':', StringComparison.Ordinal))
        {
            return $"found '{name}', expected a host name without a port: the port belongs in 'listen'";
        }

        var core = name switch
        {
            ['*', '.', ..] => name[2..],
            ['.', ..] => name[1..],
            [.., '.', '*'] => name[..^2],
            _ => name,
        };
        if (core.Contains('*', StringComparison.Ordinal))
        {
            return $"found '{name}', expected '*' as the first or the last label only, such as *.example.com or www.example.*; a regular expression starts with '~'";
        }

        return HostName.IsDnsName(core) ? null : $"found '{name}', expected a host name; names with letters beyond ASCII are written in Punycode (xn--…)";
    }
}
