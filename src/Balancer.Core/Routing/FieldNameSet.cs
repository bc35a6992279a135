using System.Text;
using Balancer.Http;

namespace Balancer.Routing;

/// <summary>A set of field names, compiled for looking up the fields of a head: a bit for each known one, a short list for the others.</summary>
internal sealed class FieldNameSet
{
    private readonly ulong _known;
    private readonly byte[][] _others;

    public FieldNameSet(IEnumerable<string> names)
    {
        var others = new List<byte[]>();
        foreach (var name in names)
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            var known = KnownHeaders.Find(bytes);
            if (!IsOneName(known))
            {
                others.Add(bytes);
            }
            else
            {
                _known |= 1UL << (int)known;
            }
        }

        _others = [.. others];
    }

    /// <summary>Whether a field is in the set.</summary>
    public bool Contains(in HeaderField field, MessageHead head)
    {
        if (IsOneName(field.Known))
        {
            return (_known & (1UL << (int)field.Known)) != 0;
        }

        foreach (var name in _others)
        {
            if (name.Length == field.NameLength && Ascii.EqualsIgnoreCase(head.Name(field), name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it stands for one name alone, so that a bit can tell it.</summary>
    private static bool IsOneName(KnownHeader known) => known is not (KnownHeader.None or KnownHeader.XAccel);
}
