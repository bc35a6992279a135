using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Balancer.Http.Patterns;

namespace Balancer.Routing;

/// <summary>
/// The virtual servers of one listen address by name (<c>server_name</c>), searched in nginx's order: exact name, longest wildcard at
/// the start (<c>*.example.com</c>), longest wildcard at the end (<c>www.example.*</c>), first regular expression, default. Immutable;
/// a look-up that meets no captures does not allocate.
/// </summary>
/// <typeparam name="T">What is kept for a virtual server.</typeparam>
internal sealed class VirtualServerTable<T>
{
    private readonly T _default;
    private readonly bool _isSingle;
    private readonly FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _exact;
    private readonly FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _starts;
    private readonly FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _ends;
    private readonly (BytePattern Pattern, T Payload)[] _regexes;

    /// <summary>Used by <see cref="VirtualServerTableBuilder{T}"/>; wildcards are keyed by the name without asterisk and its dot.</summary>
    internal VirtualServerTable(
        T defaultServer,
        Dictionary<byte[], T> exact,
        Dictionary<byte[], T> starts,
        Dictionary<byte[], T> ends,
        (BytePattern Pattern, T Payload)[] regexes)
    {
        _default = defaultServer;
        _isSingle = regexes.Length == 0 && exact.Values.Concat(starts.Values).Concat(ends.Values).All(p => EqualityComparer<T>.Default.Equals(p, defaultServer));
        _exact = Freeze(exact);
        _starts = Freeze(starts);
        _ends = Freeze(ends);
        _regexes = regexes;
    }

    /// <summary>The virtual server for requests that no name fits.</summary>
    public T Default => _default;

    /// <summary>Finds the virtual server for a host without port and trailing dot, in any case; empty when the request names none.</summary>
    public VirtualServerResult<T> Find(ReadOnlySpan<byte> host)
    {
        if (_isSingle)
        {
            return new(_default);
        }

        byte[]? rented = null;
        var buffer = host.Length <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.Rent(host.Length));
        Ascii.ToLower(host, buffer, out var length);
        var result = FindLower(buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return result;
    }

    private VirtualServerResult<T> FindLower(ReadOnlySpan<byte> host)
    {
        if (_exact.TryGetValue(host, out var payload) || TryFindStart(host, out payload) || TryFindEnd(host, out payload))
        {
            return new(payload);
        }

        if (host.Length > 0)
        {
            foreach (var (pattern, server) in _regexes)
            {
                if (pattern.IsMatch(host, out var captures))
                {
                    return new(server, captures, pattern.CaptureNames);
                }
            }
        }

        return new(_default);
    }

    // *.example.com stands for any labels before the domain, .example.com (entered in both tables) for the domain itself too.
    private bool TryFindStart(ReadOnlySpan<byte> host, out T payload)
    {
        payload = _default;
        if (_starts.Dictionary.Count == 0)
        {
            return false;
        }

        var rest = host;
        int dot;
        while ((dot = rest.IndexOf((byte)'.')) >= 0)
        {
            rest = rest[(dot + 1)..];
            if (_starts.TryGetValue(rest, out payload!))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindEnd(ReadOnlySpan<byte> host, out T payload)
    {
        payload = _default;
        if (_ends.Dictionary.Count == 0)
        {
            return false;
        }

        var rest = host;
        int dot;
        while ((dot = rest.LastIndexOf((byte)'.')) >= 0)
        {
            rest = rest[..dot];
            if (_ends.TryGetValue(rest, out payload!))
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> Freeze(Dictionary<byte[], T> names) =>
        names.ToFrozenDictionary(ByteStringComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
}
