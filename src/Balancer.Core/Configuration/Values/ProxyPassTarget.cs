using System.Diagnostics.CodeAnalysis;

namespace Balancer.Configuration.Values;

/// <summary>The parts of <c>proxy_pass = "http://host[:port][/uri]"</c> or <c>"http://unix:/path:/uri"</c>, or the same with <c>https</c>.</summary>
/// <param name="Address">Host and port, or the unix socket. Its host is the name of an upstream when there is one of that name.</param>
/// <param name="IsTls">Whether it is <c>https://</c>.</param>
/// <param name="Uri">What replaces the matched prefix, with its variables, from <c>/</c> or <c>?</c> on; null when not written: the request's URI is passed on as it came.</param>
internal sealed record ProxyPassTarget(UpstreamAddress Address, bool IsTls, string? Uri)
{
    private const string PlainScheme = "http://";
    private const string TlsScheme = "https://";
    private const int TlsPort = 443;
    private const string UnixPrefix = "unix:";

    /// <summary>Reads the text.</summary>
    /// <param name="text">The value of <c>proxy_pass</c>.</param>
    /// <param name="target">The parts.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="errorIndex">Index of the text at which it is wrong.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProxyPassTarget? target, [NotNullWhen(false)] out string? error, out int errorIndex)
    {
        target = null;
        errorIndex = 0;
        var isTls = text.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);
        if (!isTls && !text.StartsWith(PlainScheme, StringComparison.OrdinalIgnoreCase))
        {
            error = text switch
            {
                _ when text.Contains("://", StringComparison.Ordinal) => $"found '{text[..text.IndexOf("://", StringComparison.Ordinal)]}://', expected 'http://' or 'https://'",
                _ when text.StartsWith('$') => "variables in the host are not supported yet",
                _ => $"found '{text}', expected 'http://' before the upstream: http://{text}",
            };
            return false;
        }

        errorIndex = isTls ? TlsScheme.Length : PlainScheme.Length;
        var rest = text[errorIndex..];
        var uriStart = rest.StartsWith(UnixPrefix, StringComparison.Ordinal) ? rest.IndexOf(':', UnixPrefix.Length) : rest.AsSpan().IndexOfAny("/?#$");
        var authority = uriStart < 0 ? rest : rest[..uriStart];
        var uri = uriStart < 0 ? null : rest[(rest[uriStart] == ':' ? uriStart + 1 : uriStart)..];
        if (authority.Length == 0 || (uri is ['$', ..] && !IsWholeUri(uri)))
        {
            error = uri is ['$', ..] ? "variables in the host are not supported yet" : $"found '{text}', expected a host after '{text[..errorIndex]}'";
            return false;
        }

        if (authority.Contains('@', StringComparison.Ordinal))
        {
            error = "a user name or password cannot stand before the host";
            return false;
        }

        if (!UpstreamAddress.TryParse(authority, out var address, out error))
        {
            return false;
        }

        if (uri is not null && CheckUri(uri, out var uriIndex) is { } uriError)
        {
            error = uriError;
            errorIndex = text.Length - uri.Length + uriIndex;
            return false;
        }

        address = isTls && !address.HasPort && address.UnixPath is null ? address with { Port = TlsPort } : address;
        target = new ProxyPassTarget(address, isTls, string.IsNullOrEmpty(uri) ? null : uri);
        return true;
    }

    /// <summary>Right after a host, only a variable that starts with <c>/</c> cannot be meant as a part of the host.</summary>
    private static bool IsWholeUri(string uri) => uri.StartsWith("$request_uri", StringComparison.Ordinal) || uri.StartsWith("$uri", StringComparison.Ordinal);

    private static string? CheckUri(string uri, out int index)
    {
        index = uri.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (index >= 0)
        {
            return "the URI can hold visible ASCII characters only: write others in percent-encoding";
        }

        index = uri.IndexOf('#', StringComparison.Ordinal);
        if (index >= 0)
        {
            return "the URI cannot hold a fragment";
        }

        index = 0;
        return uri.Length > 0 && uri[0] is not ('/' or '?' or '$') ? $"found '{uri}', expected a path that starts with '/'" : null;
    }
}
