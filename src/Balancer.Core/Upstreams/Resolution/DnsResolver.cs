using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Balancer.Upstreams.Resolution;

/// <summary>
/// <c>resolver</c>: asks the DNS servers named, in turn, for IPv4 and IPv6 addresses, over UDP and where the reply is too long over TCP.
/// </summary>
/// <remarks>
/// Every question goes out with a random number from a socket of its own, connected to the server, so that a reply from elsewhere is not even
/// seen and one that was not asked for is not taken. As in nginx the hosts file and search domains play no part.
/// </remarks>
internal sealed class DnsResolver : IHostResolver
{
    private const int DefaultPort = 53;
    private const int MaxUdpReply = 4096;
    private const int MaxAliases = 8;
    private const int NoError = 0;
    private const int NoSuchName = 3;

    private static readonly TimeSpan PauseBetweenRounds = TimeSpan.FromSeconds(1);

    private readonly IPEndPoint[] _servers;
    private readonly TimeProvider _time;

    /// <param name="servers">IP addresses, with or without a port.</param>
    /// <param name="time">Measures how long to wait for a reply.</param>
    public DnsResolver(IEnumerable<string> servers, TimeProvider time)
    {
        _servers = [.. servers.Select(ParseServer)];
        _time = time;
    }

    /// <summary>How long one server has for a reply before the next is asked.</summary>
    internal static TimeSpan ReplyTimeout { get; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    /// <remarks>Goes on asking until it is cancelled (<c>resolver_timeout</c>) while a server is silent and none knows.</remarks>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel)
    {
        if (!DnsName.TryEncode(host, out var name))
        {
            return [];
        }

        // Half an answer would make a pool lose servers: it counts as none.
        var both = await Task.WhenAll(ResolveAsync(name, DnsType.A, cancel), ResolveAsync(name, DnsType.Aaaa, cancel));
        return both[0] is { } fours && both[1] is { } sixes ? [.. fours, .. sixes] : [];
    }

    private static IPEndPoint ParseServer(string text)
    {
        var server = IPEndPoint.Parse(text);
        return server.Port == 0 ? new IPEndPoint(server.Address, DefaultPort) : server;
    }

    /// <summary>Asks one server.</summary>
    private static async Task<DnsReply?> AskAsync(IPEndPoint server, byte[] name, DnsType type, CancellationToken cancel)
    {
        var query = new byte[DnsMessage.MaxQueryLength];
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var length = DnsMessage.WriteQuery(query, id, name, type);
        var reply = await AskOverUdpAsync(server, query.AsMemory(0, length), id, name, type, cancel);
        return reply.IsTruncated ? await AskOverTcpAsync(server, query.AsMemory(0, length), id, name, type, cancel) : reply;
    }

    private static async Task<DnsReply> AskOverUdpAsync(IPEndPoint server, ReadOnlyMemory<byte> query, ushort id, byte[] name, DnsType type, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancel);
        await socket.SendAsync(query, cancel);
        var buffer = new byte[MaxUdpReply];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancel);
            if (DnsMessage.Read(buffer.AsSpan(0, received), id, name, type) is { } reply)
            {
                return reply;
            }
        }
    }

    private static async Task<DnsReply?> AskOverTcpAsync(IPEndPoint server, ReadOnlyMemory<byte> query, ushort id, byte[] name, DnsType type, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancel);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[sizeof(ushort) + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed.AsMemory(sizeof(ushort)));
        await stream.WriteAsync(framed, cancel);
        var prefix = new byte[sizeof(ushort)];
        await stream.ReadExactlyAsync(prefix, cancel);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message, cancel);
        return DnsMessage.Read(message, id, name, type);
    }

    /// <summary>The addresses of one family; null when no server knew.</summary>
    private async Task<List<IPAddress>?> ResolveAsync(byte[] name, DnsType type, CancellationToken cancel)
    {
        for (var aliases = 0; aliases <= MaxAliases; aliases++)
        {
            var reply = await AskInTurnAsync(name, type, cancel);
            if (reply?.Alias is null)
            {
                return reply?.Addresses;
            }

            name = reply.Alias;
        }

        return null;
    }

    /// <summary>Asks one server after the other until one knows; null when all have replied that they do not. Silent servers are asked again.</summary>
    private async Task<DnsReply?> AskInTurnAsync(byte[] name, DnsType type, CancellationToken cancel)
    {
        while (true)
        {
            var silent = 0;
            foreach (var server in _servers)
            {
                var reply = await TryAskAsync(server, name, type, cancel);
                if (reply?.Code is NoError or NoSuchName)
                {
                    return reply;
                }

                silent += reply is null ? 1 : 0;
            }

            if (silent == 0)
            {
                return null;
            }

            await Task.Delay(PauseBetweenRounds, _time, cancel);
        }
    }

    private async Task<DnsReply?> TryAskAsync(IPEndPoint server, byte[] name, DnsType type, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(ReplyTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await AskAsync(server, name, type, linked.Token);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // Not reachable, or it hung up.
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
