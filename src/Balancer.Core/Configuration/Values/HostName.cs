using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Configuration.Values;

/// <summary>The syntax of hosts and ports.</summary>
internal static class HostName
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789.");

    /// <summary>Whether a text is a DNS name: labels of letters, digits, <c>-</c> and <c>_</c>, with dots between and perhaps one at the end.</summary>
    public static bool IsDnsName(ReadOnlySpan<char> text)
    {
        if (text.EndsWith('.'))
        {
            text = text[..^1];
        }

        if (text.IsEmpty || text.Length > LongestName)
        {
            return false;
        }

        foreach (var range in text.Split('.'))
        {
            var label = text[range];
            if (label.IsEmpty || label.Length > LongestLabel || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether a text is an IPv4 address of four decimal parts; unlike <see cref="IPAddress.TryParse(string, out IPAddress)"/> not <c>10.1</c> and not <c>0x0a000001</c>.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Count('.') != 3 || text.ContainsAnyExcept(AddressCharacters))
        {
            return false;
        }

        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.Length > 1 && part[0] == '0')
            {
                return false;
            }
        }

        return IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetwork;
    }

    /// <summary>Whether a text is an IPv6 address without brackets; a scope (<c>%eth0</c>) is allowed.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        return text.Contains(':') && !text.ContainsAny('[', ']', '/') && IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>Whether every label of a text is a number, so that it must be meant as an address.</summary>
    public static bool LooksLikeIPv4(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(AddressCharacters) && text.Contains('.');

    /// <summary>Reads a port.</summary>
    public static bool TryParsePort(ReadOnlySpan<char> text, int least, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9') && int.TryParse(text, out port) && port >= least && port <= IPEndPoint.MaxPort;
    }

    /// <summary>Takes <c>host:port</c> apart; brackets stay on an IPv6 host. Without a colon outside brackets the port is empty and <paramref name="hasPort"/> false.</summary>
    public static void Split(ReadOnlySpan<char> text, out ReadOnlySpan<char> host, out ReadOnlySpan<char> port, out bool hasPort)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || colon < text.LastIndexOf(']'))
        {
            host = text;
            port = default;
            hasPort = false;
            return;
        }

        host = text[..colon];
        port = text[(colon + 1)..];
        hasPort = true;
    }
}
