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
    private const string GrpcScheme = "grpc://";
    private const string GrpcTlsScheme = "grpcs://";
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

    /// <summary>Reads the text of <c>grpc_pass</c>: <c>grpc://</c>, <c>grpcs://</c> or nothing, an upstream or an address, and no URI.</summary>
    /// <param name="text">The value of <c>grpc_pass</c>.</param>
    /// <param name="target">The parts.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="errorIndex">Index of the text at which it is wrong.</param>
    public static bool TryParseGrpc(string text, [NotNullWhen(true)] out ProxyPassTarget? target, [NotNullWhen(false)] out string? error, out int errorIndex)
    {
        target = null;
        errorIndex = 0;
        var isTls = text.StartsWith(GrpcTlsScheme, StringComparison.OrdinalIgnoreCase);
        var hasScheme = isTls || text.StartsWith(GrpcScheme, StringComparison.OrdinalIgnoreCase);
        if (!hasScheme && text.IndexOf("://", StringComparison.Ordinal) is var end and >= 0)
        {
            error = $"found '{text[..end]}://', expected 'grpc://' or 'grpcs://'";
            return false;
        }

        errorIndex = isTls ? GrpcTlsScheme.Length : hasScheme ? GrpcScheme.Length : 0;
        var authority = text[errorIndex..];
        if (authority.Contains('$', StringComparison.Ordinal))
        {
            error = "variables are not supported yet";
            return false;
        }

        var uri = authority.StartsWith(UnixPrefix, StringComparison.Ordinal) ? authority.IndexOf(':', UnixPrefix.Length) : authority.AsSpan().IndexOfAny("/?#");
        if (uri >= 0)
        {
            errorIndex += uri;
            error = $"found '{authority[uri..]}', expected no URI: gRPC requests keep theirs";
            return false;
        }

        if (!UpstreamAddress.TryParse(authority, out var address, out error))
        {
            return false;
        }

        address = isTls && !address.HasPort && address.UnixPath is null ? address with { Port = TlsPort } : address;
        target = new ProxyPassTarget(address, isTls, null);
        return true;
    }

    /// <summary>What <c>proxy_pass</c> or <c>grpc_pass</c> of a location says; null when it has neither, or one with faults, which are reported.</summary>
    /// <param name="location">The location.</param>
    /// <param name="text">The value.</param>
    public static ProxyPassTarget? Of(LocationConfig location, out ConfigText text)
    {
        text = (location.ProxyPass ?? location.GrpcPass)!;
        ProxyPassTarget? target = null;
        _ = location.ProxyPass is not null ? TryParse(text.Value, out target, out _, out _)
            : location.GrpcPass is not null && TryParseGrpc(text.Value, out target, out _, out _);
        return target;
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
