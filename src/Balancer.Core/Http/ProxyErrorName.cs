using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>The name of a <see cref="ProxyError"/> in logs (<c>$proxy_error</c>), metrics and status: <c>upstream_connect_failed</c>.</summary>
internal static class ProxyErrorName
{
    private static readonly string[] Names = [.. Enum.GetNames<ProxyError>().Select(SnakeCase.Of)];
    private static readonly byte[][] Bytes = [.. Names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How many errors there are, <see cref="ProxyError.None"/> included.</summary>
    public static int Count => Names.Length;

    /// <summary>The name.</summary>
    public static string Text(ProxyError error) => Names[(int)error];

    /// <summary>The name in bytes.</summary>
    public static ReadOnlySpan<byte> Utf8(ProxyError error) => Bytes[(int)error];
}
