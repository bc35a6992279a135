using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Looks up the header fields that <c>$http_name</c> and its kin mean: case is ignored, and an underscore of the variable stands for a hyphen too.</summary>
internal static class FieldValues
{
    /// <summary>Appends the values of all fields of that name, joined by <paramref name="separator"/> as nginx does since 1.23.</summary>
    /// <param name="head">Where to look.</param>
    /// <param name="name">The variable's name without its prefix, in lower case.</param>
    /// <param name="separator">Stands between the values.</param>
    /// <param name="output">Takes the values.</param>
    /// <returns>Whether there is such a field.</returns>
    public static bool Append(MessageHead head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> separator, ByteBuffer output)
    {
        var found = false;
        foreach (ref var field in head.Headers.Fields)
        {
            if (field.NameLength != name.Length || (field.Flags & HeaderFieldFlags.Dropped) != 0 || !IsNamed(head.Name(field), name))
            {
                continue;
            }

            if (found)
            {
                output.Append(separator);
            }

            output.Append(head.Value(field));
            found = true;
        }

        return found;
    }

    /// <summary>The same, in a head as it stands on the wire: status line, lines of fields, empty line.</summary>
    public static bool Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> separator, ByteBuffer output)
    {
        var found = false;
        foreach (var range in head.Split((byte)'\n'))
        {
            var line = head[range].TrimEnd((byte)'\r');
            if (line.Length <= name.Length || line[name.Length] != ':' || !IsNamed(line[..name.Length], name))
            {
                continue;
            }

            if (found)
            {
                output.Append(separator);
            }

            output.Append(line[(name.Length + 1)..].Trim(" \t"u8));
            found = true;
        }

        return found;
    }

    private static bool IsNamed(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            var c = field[i];
            if (c is >= (byte)'A' and <= (byte)'Z')
            {
                c |= 0x20;
            }

            if ((c == '-' ? (byte)'_' : c) != name[i])
            {
                return false;
            }
        }

        return true;
    }
}
