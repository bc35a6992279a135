namespace Balancer.Configuration.Files;

/// <summary>Paths with <c>*</c>, <c>?</c> and <c>[a-z]</c>, as the shell and nginx's <c>include</c> know them: none fits a slash or a leading dot.</summary>
internal static class GlobPattern
{
    private const int MostSteps = 100_000;

    /// <summary>Whether a path has a wildcard.</summary>
    public static bool HasWildcard(string path) => path.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>The paths that fit, in the order of their names.</summary>
    public static List<string> Expand(string path, IConfigurationFiles files)
    {
        List<string> found = [path.StartsWith('/') ? "/" : ""];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new List<string>();
            foreach (var folder in found)
            {
                if (!HasWildcard(part))
                {
                    next.Add(Path.Combine(folder, part));
                    continue;
                }

                foreach (var name in files.List(folder.Length == 0 ? "." : folder).Where(name => Fits(part, name)).Order(StringComparer.Ordinal))
                {
                    next.Add(Path.Combine(folder, name));
                }
            }

            found = next;
        }

        // A plain name after a wildcard need not exist everywhere.
        return [.. found.Where(candidate => files.List(Path.GetDirectoryName(candidate) is { Length: > 0 } folder ? folder : ".").Contains(Path.GetFileName(candidate)))];
    }

    /// <summary>Whether a name fits a part of a pattern.</summary>
    internal static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.StartsWith('.') && !pattern.StartsWith('.'))
        {
            return false;
        }

        var steps = 0;
        return Fits(pattern, name, ref steps);
    }

    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, ref int steps)
    {
        while (!pattern.IsEmpty)
        {
            // A pattern with very many stars could try for ever.
            if (++steps > MostSteps)
            {
                return false;
            }

            if (pattern[0] == '*')
            {
                for (var skipped = 0; skipped <= name.Length; skipped++)
                {
                    if (Fits(pattern[1..], name[skipped..], ref steps))
                    {
                        return true;
                    }
                }

                return false;
            }

            if (name.IsEmpty || !FitsOne(pattern, name[0], out var length))
            {
                return false;
            }

            pattern = pattern[length..];
            name = name[1..];
        }

        return name.IsEmpty;
    }

    private static bool FitsOne(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = 1;
        if (pattern[0] == '?')
        {
            return true;
        }

        var close = pattern[0] == '[' && pattern.Length > 2 ? pattern[2..].IndexOf(']') : -1;
        if (close < 0)
        {
            return pattern[0] == c;
        }

        var set = pattern[1..(close + 2)];
        length = close + 3;
        var negated = set[0] is '!' or '^';
        return Contains(negated ? set[1..] : set, c) != negated;
    }

    private static bool Contains(ReadOnlySpan<char> set, char c)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= set[i] && c <= set[i + 2])
                {
                    return true;
                }

                i += 2;
            }
            else if (set[i] == c)
            {
                return true;
            }
        }

        return false;
    }
}
