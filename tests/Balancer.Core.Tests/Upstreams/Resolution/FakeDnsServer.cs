using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Upstreams.Resolution;

/// <summary>A DNS server on a port of its own, over UDP and TCP, that replies as a test says.</summary>
internal sealed class FakeDnsServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly Task _serving;

    public FakeDnsServer()
    {
        // The same port for both: the one given to TCP is asked for over UDP.
        while (true)
        {
            _tcp = new TcpListener(IPAddress.Loopback, 0);
            _tcp.Start();
            try
            {
                _udp.Bind(_tcp.LocalEndpoint);
                break;
            }
            catch (SocketException)
            {
                _tcp.Stop();
            }
        }

        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public string Address => _tcp.LocalEndpoint.ToString()!;

    /// <summary>The messages that reply to a question over UDP.</summary>
    public Func<ushort, DnsType, IEnumerable<byte[]>> OverUdp { get; set; } = (_, _) => [];

    /// <summary>The message that replies to a question over TCP.</summary>
    public Func<ushort, DnsType, byte[]> OverTcp { get; set; } = (_, _) => [];

    /// <summary>Called for each question.</summary>
    public Action? Asked { get; set; }

    public int Questions { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _tcp.Stop();
        _udp.Dispose();
        _stop.Dispose();
    }

    private static (ushort Id, DnsType Type) Parse(ReadOnlySpan<byte> query) =>
        (BinaryPrimitives.ReadUInt16BigEndian(query), (DnsType)BinaryPrimitives.ReadUInt16BigEndian(query[^4..]));

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var (id, type) = Parse(buffer.AsSpan(0, received.ReceivedBytes));
                Questions++;
                foreach (var message in OverUdp(id, type))
                {
                    await _udp.SendToAsync(message, received.RemoteEndPoint, _stop.Token);
                }

                Asked?.Invoke();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var prefix = new byte[2];
                await stream.ReadExactlyAsync(prefix, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                var (id, type) = Parse(query);
                var message = OverTcp(id, type);
                BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)message.Length);
                await stream.WriteAsync(prefix, _stop.Token);
                await stream.WriteAsync(message, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException)
        {
            // The test is over.
        }
    }
}
