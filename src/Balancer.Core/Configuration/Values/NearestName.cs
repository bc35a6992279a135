namespace Balancer.Configuration.Values;

/// <summary>Finds what the user may have meant.</summary>
internal static class NearestName
{
    private const int LongestCompared = 64;

    /// <summary>The known name with the fewest typing mistakes between it and the given one; null when none is near enough to be meant.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        // One letter is as near to any other as a mistake is.
        if (name.Length is < 2 or > LongestCompared)
        {
            return null;
        }

        string? nearest = null;
        var least = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (candidate.Length > LongestCompared)
            {
                continue;
            }

            var distance = Distance(name, candidate);
            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary><c>, did you mean 'x'?</c>, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Find(name, known) is { } nearest ? $", did you mean '{nearest}'?" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), ignoring case.</summary>
    internal static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<int> rows = stackalloc int[3 * (LongestCompared + 1)];
        var before = rows[..(LongestCompared + 1)];
        var previous = rows.Slice(LongestCompared + 1, LongestCompared + 1);
        var current = rows[(2 * (LongestCompared + 1))..];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                var best = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    best = Math.Min(best, before[j - 2] + 1);
                }

                current[j] = best;
            }

            var reused = before;
            before = previous;
            previous = current;
            current = reused;
        }

        return previous[b.Length];
    }

    private static bool Same(char a, char b) => a == b || char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
