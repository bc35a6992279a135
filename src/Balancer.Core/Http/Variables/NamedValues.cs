using System.Text;

namespace Balancer.Http.Variables;

/// <summary>Finds a value by name in a query or a Cookie field, the way nginx reads them: case is ignored, the first one wins, nothing is decoded.</summary>
internal static class NamedValues
{
    /// <summary>The argument of that name (<c>$arg_name</c>); one without an equals sign is none.</summary>
    public static bool TryFindArgument(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var range in query.Split((byte)'&'))
        {
            var argument = query[range];
            if (argument.Length > name.Length && argument[name.Length] == '=' && Ascii.EqualsIgnoreCase(argument[..name.Length], name))
            {
                value = argument[(name.Length + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The cookie of that name in the value of a Cookie field.</summary>
    public static bool TryFindCookie(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var range in field.Split((byte)';'))
        {
            if (TryReadPair(field[range], name, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value of a Set-Cookie field, if the cookie it sets has that name.</summary>
    public static bool TryFindSetCookie(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var end = field.IndexOf((byte)';');
        return TryReadPair(end < 0 ? field : field[..end], name, out value);
    }

    private static bool TryReadPair(ReadOnlySpan<byte> pair, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var equals = pair.IndexOf((byte)'=');
        var found = equals >= 0 && Ascii.EqualsIgnoreCase(pair[..equals].Trim((byte)' '), name);
        value = found ? pair[(equals + 1)..].Trim((byte)' ') : default;
        return found;
    }
}
