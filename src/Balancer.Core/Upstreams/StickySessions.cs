using System.Security.Cryptography;
using System.Text;

namespace Balancer.Upstreams;

/// <summary>Which server the value of a <c>sticky</c> cookie means, for the servers of one group.</summary>
internal sealed class StickySessions
{
    /// <summary>Longest value looked up; longer ones are nobody's.</summary>
    public const int MaxLength = 64;

    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public StickySessions(UpstreamServer[] servers)
    {
        for (var i = 0; i < servers.Length; i++)
        {
            // Several addresses of one name may share a route: the first stands for it.
            _indices.TryAdd(Encoding.ASCII.GetString(servers[i].SessionToken), i);
        }

        _lookup = _indices.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The value for a server: its <c>route</c>, or a hash that shows neither the address nor, to somebody else's pool, the server.</summary>
    public static byte[] TokenOf(string pool, string address, string? route) =>
        Encoding.ASCII.GetBytes(route ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{pool}\0{address}")).AsSpan(0, 16)));

    /// <summary>The server's index in the group; -1 when the value means none.</summary>
    public int IndexOf(ReadOnlySpan<byte> token)
    {
        if (token.IsEmpty || token.Length > MaxLength)
        {
            return -1;
        }

        Span<char> text = stackalloc char[MaxLength];
        return _lookup.TryGetValue(text[..Encoding.Latin1.GetChars(token, text)], out var index) ? index : -1;
    }
}
