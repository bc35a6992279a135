using System.Diagnostics.CodeAnalysis;

namespace Balancer.Configuration.Values;

/// <summary>The address of an upstream server: <c>10.0.2.10:3002</c>, <c>[::1]:80</c>, <c>name:80</c> or <c>unix:/path</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Host">An IP address without brackets, or a name; null for a unix socket.</param>
/// <param name="Port">1 to 65535; 80 when not written, 0 for a unix socket.</param>
/// <param name="HasPort">Whether the port was written.</param>
/// <param name="UnixPath">The path of a unix socket; null for TCP.</param>
internal sealed record UpstreamAddress(string Text, string? Host, int Port, bool HasPort, string? UnixPath)
{
    private const string UnixPrefix = "unix:";
    private const int DefaultPort = 80;
    private const int LongestUnixPath = 107;

    /// <summary>Whether the host is a name that has to be looked up.</summary>
    public bool NeedsLookup => Host is not null && !HostName.TryParseIPv4(Host, out _) && !HostName.TryParseIPv6(Host, out _);

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out UpstreamAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            error = CheckUnixPath(text[UnixPrefix.Length..]);
            address = error is null ? new UpstreamAddress(text, null, 0, false, text[UnixPrefix.Length..]) : null;
            return error is null;
        }

        var slashes = text.IndexOf("://", StringComparison.Ordinal);
        if (slashes >= 0)
        {
            error = $"found '{text}', expected an address without '{text[..(slashes + 3)]}'";
            return false;
        }

        var port = DefaultPort;
        HostName.Split(text, out var host, out var portText, out var hasPort);
        if (text.StartsWith('['))
        {
            if (!host.EndsWith(']') || !HostName.TryParseIPv6(host[1..^1], out _))
            {
                error = $"found '{text}', expected an IPv6 address in brackets, such as [2001:db8::1]:80";
                return false;
            }

            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            error = $"found '{text}', expected an IPv6 address to stand in brackets, such as [2001:db8::1]:80";
            return false;
        }
        else if (HostName.LooksLikeIPv4(host) ? !HostName.TryParseIPv4(host, out _) : !HostName.IsDnsName(host))
        {
            error = host.IsEmpty ? $"found '{text}', expected a host before the port" : $"found '{host}', expected an IP address, a host name or unix:/path";
            return false;
        }

        if (hasPort && !HostName.TryParsePort(portText, 1, out port))
        {
            error = $"found the port '{portText}', expected a number from 1 to 65535";
            return false;
        }

        address = new UpstreamAddress(text, host.ToString(), port, hasPort, null);
        error = null;
        return true;
    }

    /// <summary>What is wrong with the path of a unix socket, or null.</summary>
    public static string? CheckUnixPath(string path) => path switch
    {
        _ when !path.StartsWith('/') => $"found 'unix:{path}', expected an absolute path after 'unix:'",
        _ when path.Contains('\0', StringComparison.Ordinal) => "the path of a unix socket cannot hold a NUL",
        _ when System.Text.Encoding.UTF8.GetByteCount(path) > LongestUnixPath => $"the path of a unix socket is longer than {LongestUnixPath} bytes",
        _ => null,
    };
}
