using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Configuration.Values;

/// <summary>The address of <c>listen</c>: <c>80</c>, <c>*:80</c>, <c>127.0.0.1</c>, <c>127.0.0.1:8080</c>, <c>[::]:80</c>, <c>localhost:80</c> or <c>unix:/path</c>.</summary>
internal static class ListenAddress
{
    private const string UnixPrefix = "unix:";
    private const int DefaultPort = 80;

    private static readonly SearchValues<char> RangeCharacters = SearchValues.Create("0123456789-");

    /// <summary>Reads an address. Port 0 lets the system choose; <c>localhost</c> is 127.0.0.1.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EndPoint? endPoint, [NotNullWhen(false)] out string? error)
    {
        endPoint = null;
        error = null;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            error = UpstreamAddress.CheckUnixPath(path);
            endPoint = error is null ? new UnixDomainSocketEndPoint(path) : null;
            return error is null;
        }

        var port = DefaultPort;
        HostName.Split(text, out var host, out var portText, out var hasPort);
        if (!hasPort && text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            host = "*";
            portText = text;
            hasPort = true;
        }

        var range = hasPort ? portText : host;
        if (!host.Contains(':') && range.Contains('-') && !range.ContainsAnyExcept(RangeCharacters))
        {
            error = $"found the port range '{range}', expected one port: list several addresses instead";
            return false;
        }

        if (!TryParseHost(host, out var address))
        {
            error = host.Contains(':') && !host.StartsWith('[')
                ? $"found '{text}', expected an IPv6 address to stand in brackets, such as [::]:80"
                : $"found '{text}', expected a port, an IP address with or without a port, *:port, localhost:port or unix:/path";
            return false;
        }

        if (hasPort && !HostName.TryParsePort(portText, 0, out port))
        {
            error = $"found the port '{portText}', expected a number from 0 to 65535";
            return false;
        }

        endPoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>The text that reads back as the same address.</summary>
    public static string Format(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip => $"[{ip.Address}]:{ip.Port}",
        IPEndPoint ip => $"{ip.Address}:{ip.Port}",
        UnixDomainSocketEndPoint unix => UnixPrefix + unix,
        _ => endPoint.ToString() ?? "",
    };

    private static bool TryParseHost(ReadOnlySpan<char> host, out IPAddress address)
    {
        if (host is "*")
        {
            address = IPAddress.Any;
            return true;
        }

        if (host is "localhost")
        {
            address = IPAddress.Loopback;
            return true;
        }

        return host.Length > 2 && host[0] == '[' && host[^1] == ']' ? HostName.TryParseIPv6(host[1..^1], out address) : HostName.TryParseIPv4(host, out address);
    }
}
