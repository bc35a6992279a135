using System.Diagnostics.CodeAnalysis;

namespace Balancer.Routing;

/// <summary>
/// The locations of a virtual server, searched as nginx does: an exact one ends the search; of the prefixes the longest is remembered,
/// and ends the search too if it is <c>^~</c>; then the first regular expression in the order of the file that fits; else the longest prefix.
/// Matched on the bytes of the normalized path. Immutable; a look-up that meets no captures does not allocate.
/// </summary>
/// <remarks>
/// Prefixes are sorted, and each knows the longest other one that it starts with. The greatest prefix not above the path
/// lies in the chain of those that fit: one binary search and a few steps up the chain find the longest.
/// </remarks>
/// <typeparam name="T">What is kept for a location.</typeparam>
internal sealed class LocationTable<T>
{
    private readonly ExactLocation<T>[] _exact;
    private readonly PrefixLocation<T>[] _prefixes;
    private readonly RegexLocation<T>[] _regexes;
    private readonly ExactLocation<T>[] _slashless;

    /// <summary>Used by <see cref="LocationTableBuilder{T}"/>; all but the regular expressions are sorted by path.</summary>
    internal LocationTable(ExactLocation<T>[] exact, PrefixLocation<T>[] prefixes, RegexLocation<T>[] regexes, ExactLocation<T>[] slashless)
    {
        _exact = exact;
        _prefixes = prefixes;
        _regexes = regexes;
        _slashless = slashless;
    }

    /// <summary>Finds the location for a normalized path (<c>$uri</c>).</summary>
    public LocationResult<T> Find(ReadOnlySpan<byte> path)
    {
        if (TryFindExact(_exact, path, out var exact))
        {
            return new(LocationOutcome.Found, exact.Payload);
        }

        var longest = FindPrefix(path);
        if (_slashless.Length > 0 && (longest < 0 || _prefixes[longest].Path.Length != path.Length) && TryFindExact(_slashless, path, out var slashless))
        {
            return new(LocationOutcome.AddSlash, slashless.Payload, RedirectPath: slashless.RedirectPath);
        }

        if (longest < 0 || !_prefixes[longest].EndsSearch)
        {
            foreach (var location in _regexes)
            {
                if (location.Pattern.IsMatch(path, out var captures))
                {
                    return new(LocationOutcome.Found, location.Payload, captures, location.Pattern.CaptureNames);
                }
            }
        }

        return longest < 0 ? default : new(LocationOutcome.Found, _prefixes[longest].Payload);
    }

    private static bool TryFindExact(ExactLocation<T>[] locations, ReadOnlySpan<byte> path, [MaybeNullWhen(false)] out ExactLocation<T> location)
    {
        var low = 0;
        var high = locations.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            location = locations[middle];
            var order = path.SequenceCompareTo(location.Path);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        location = null;
        return false;
    }

    private int FindPrefix(ReadOnlySpan<byte> path)
    {
        var prefixes = _prefixes;
        var low = 0;
        var high = prefixes.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            (low, high) = path.SequenceCompareTo(prefixes[middle].Path) < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        var candidate = high;
        while (candidate >= 0 && !path.StartsWith(prefixes[candidate].Path))
        {
            candidate = prefixes[candidate].Parent;
        }

        return candidate;
    }
}
