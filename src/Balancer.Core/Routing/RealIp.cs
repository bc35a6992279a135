using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Routing;

/// <summary>
/// Finds the client behind trusted proxies, as nginx's realip module: <c>set_real_ip_from</c>, <c>real_ip_header</c>, <c>real_ip_recursive</c>.
/// Lists are read from the right, where the nearest proxy has written; without <c>real_ip_recursive</c> only the last address counts, with it
/// the first one that is not trusted.
/// </summary>
internal sealed class RealIp
{
    private readonly IpNetworkSet _trusted;
    private readonly bool _trustsUnix;
    private readonly bool _recursive;
    private readonly RealIpSource _source;
    private readonly KnownHeader _known;
    private readonly byte[] _fieldName;

    /// <summary>Compiles the settings.</summary>
    /// <param name="trusted"><c>set_real_ip_from</c>.</param>
    /// <param name="header"><c>real_ip_header</c>: a field name or <c>proxy_protocol</c>; null is X-Real-IP.</param>
    /// <param name="recursive"><c>real_ip_recursive</c>.</param>
    public RealIp(IReadOnlyList<TrustedAddressConfig> trusted, string? header, bool recursive)
    {
        _trusted = new IpNetworkSet(trusted.Where(t => t.Network.HasValue).Select(t => t.Network!.Value));
        _trustsUnix = trusted.Any(t => t.Network is null);
        _recursive = recursive;
        _fieldName = Encoding.ASCII.GetBytes(header ?? "X-Real-IP");
        _known = KnownHeaders.Find(_fieldName);
        _source = header == "proxy_protocol" ? RealIpSource.ProxyProtocol
            : _known == KnownHeader.XForwardedFor ? RealIpSource.ForwardedFor
            : RealIpSource.Field;
    }

    /// <summary>Whether an address is one of the trusted proxies.</summary>
    public bool IsTrusted(ClientAddress address) => address.Address is null ? _trustsUnix : _trusted.Contains(address.Binary);

    /// <summary>Finds the client of a request. Allocates only when the client differs from <paramref name="previous"/>.</summary>
    /// <param name="head">The request.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="previous">What the request before on the same connection gave; it is given again if it is the same client.</param>
    /// <returns>The client; the peer itself when it is not trusted, or says nothing that can be read.</returns>
    public ClientAddress Resolve(RequestHead head, DownstreamConnection connection, ClientAddress? previous)
    {
        var peer = connection.Peer;
        if (!IsTrusted(peer))
        {
            return peer;
        }

        if (_source == RealIpSource.ProxyProtocol)
        {
            return connection.ProxyProtocolSource is { Address: not null } source ? source : peer;
        }

        ForwardedAddress found = default;
        var fields = head.Headers.Fields;
        if (_source == RealIpSource.ForwardedFor)
        {
            for (var i = fields.Length - 1; i >= 0; i--)
            {
                if (fields[i].Known == KnownHeader.XForwardedFor && (!ReadList(head.Value(fields[i]), ref found) || !_recursive))
                {
                    break;
                }
            }
        }
        else if (IndexOfField(head) is >= 0 and var index)
        {
            ReadList(head.Value(fields[index]), ref found);
        }

        return found.IsEmpty ? peer : found.ToClientAddress(previous);
    }

    // False when the search is over: an address that is not trusted, or one that cannot be read, ends it with what was found before.
    private bool ReadList(ReadOnlySpan<byte> list, ref ForwardedAddress found)
    {
        do
        {
            if (!found.IsEmpty && !_trusted.Contains(found.Binary))
            {
                return false;
            }

            list = list.TrimEnd(" ,"u8);
            var start = list.LastIndexOfAny((byte)' ', (byte)',') + 1;
            if (!ForwardedAddress.TryParse(list[start..], out var address))
            {
                return false;
            }

            found = address;
            list = list[..start];
        }
        while (_recursive && list.Length > 0);

        return true;
    }

    private int IndexOfField(RequestHead head)
    {
        var fields = head.Headers.Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[i];
            if (field.Known == _known && (field.Flags & HeaderFieldFlags.Dropped) == 0
                && field.NameLength == _fieldName.Length && Ascii.EqualsIgnoreCase(head.Name(field), _fieldName))
            {
                return i;
            }
        }

        return -1;
    }
}
