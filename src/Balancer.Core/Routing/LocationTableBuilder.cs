using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Patterns;

namespace Balancer.Routing;

/// <summary>Gathers the locations of a virtual server in the order of the file.</summary>
/// <typeparam name="T">What is kept for a location.</typeparam>
internal sealed class LocationTableBuilder<T>
{
    private readonly Dictionary<string, (T Payload, bool AddsSlash)> _exact = [];
    private readonly Dictionary<string, (T Payload, bool EndsSearch, bool AddsSlash)> _prefixes = [];
    private readonly List<RegexLocation<T>> _regexes = [];

    /// <summary>Adds a location.</summary>
    /// <param name="match">Its kind.</param>
    /// <param name="pattern">Its path or expression. Paths are compared with decoded ones, so they are given decoded; they count as UTF-8.</param>
    /// <param name="payload">What to find.</param>
    /// <param name="isProxied">Whether it has <c>proxy_pass</c>: with a path that ends with a slash, the same path without it is then redirected.</param>
    /// <returns>Why it cannot be added (a duplicate, or no valid expression); null when it was.</returns>
    public string? Add(LocationMatch match, string pattern, T payload, bool isProxied)
    {
        switch (match)
        {
            case LocationMatch.Exact:
                return _exact.TryAdd(pattern, (payload, isProxied)) ? null : $"duplicate location '= {pattern}'";
            case LocationMatch.Prefix or LocationMatch.PrefixNoRegex:
                return _prefixes.TryAdd(pattern, (payload, match == LocationMatch.PrefixNoRegex, isProxied)) ? null : $"duplicate location '{pattern}'";
            default:
                if (!BytePattern.TryCompile(pattern, match == LocationMatch.RegexIgnoreCase, out var compiled, out var error))
                {
                    return error;
                }

                _regexes.Add(new(compiled!, payload));
                return null;
        }
    }

    /// <summary>Compiles the table.</summary>
    public LocationTable<T> Build()
    {
        var exact = _exact.Select(l => new ExactLocation<T>(Encoding.UTF8.GetBytes(l.Key), l.Value.Payload)).ToArray();
        var prefixes = _prefixes.Select(l => new PrefixLocation<T>(Encoding.UTF8.GetBytes(l.Key), l.Value.Payload, l.Value.EndsSearch, -1)).ToArray();
        var slashless = Slashless();
        Array.Sort(exact, (a, b) => Compare(a.Path, b.Path));
        Array.Sort(prefixes, (a, b) => Compare(a.Path, b.Path));
        Array.Sort(slashless, (a, b) => Compare(a.Path, b.Path));
        for (var i = 1; i < prefixes.Length; i++)
        {
            var parent = i - 1;
            while (parent >= 0 && !prefixes[i].Path.AsSpan().StartsWith(prefixes[parent].Path))
            {
                parent = prefixes[parent].Parent;
            }

            prefixes[i] = prefixes[i] with { Parent = parent };
        }

        return new LocationTable<T>(exact, prefixes, [.. _regexes], slashless);
    }

    private ExactLocation<T>[] Slashless()
    {
        var paths = new Dictionary<string, T>();
        foreach (var (path, location) in _exact.Where(l => l.Value.AddsSlash))
        {
            paths[path] = location.Payload;
        }

        foreach (var (path, location) in _prefixes.Where(l => l.Value.AddsSlash))
        {
            paths.TryAdd(path, location.Payload);
        }

        return paths.Where(l => l.Key.Length > 1 && l.Key[^1] == '/').Select(l => Slashless(Encoding.UTF8.GetBytes(l.Key), l.Value)).ToArray();
    }

    private static ExactLocation<T> Slashless(byte[] path, T payload)
    {
        var escaped = new byte[UriEscaper.MaxLength(path.Length)];
        var length = UriEscaper.Escape(path, escaped);
        return new(path[..^1], payload, escaped[..length]);
    }

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);
}
