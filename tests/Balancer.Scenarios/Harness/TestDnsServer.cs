using System.Net;
using System.Net.Sockets;

namespace Balancer.Harness;

/// <summary>A DNS server over UDP that answers every question for an IPv4 address with the addresses it is told, and any other with none.</summary>
internal sealed class TestDnsServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private int _questions;

    public TestDnsServer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ServeAsync();
    }

    /// <summary>Where it answers.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    /// <summary>What it answers.</summary>
    public volatile IPAddress[] Answers = [];

    /// <summary>Questions asked so far.</summary>
    public int Questions => Volatile.Read(ref _questions);

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
                Interlocked.Increment(ref _questions);
                await _socket.SendToAsync(Answer(buffer.AsSpan(0, received.ReceivedBytes)), received.RemoteEndPoint).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the scenario.
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> query)
    {
        // The question ends behind its name with two bytes of type and two of class.
        var end = 12;
        while (query[end] != 0)
        {
            end += query[end] + 1;
        }

        end += 5;
        var isIpv4 = query[end - 4] == 0 && query[end - 3] == 1;
        var answers = isIpv4 ? Answers : [];
        var response = new List<byte>([query[0], query[1], 0x81, 0x80, 0, 1, 0, (byte)answers.Length, 0, 0, 0, 0]);
        response.AddRange(query[12..end]);
        foreach (var answer in answers)
        {
            response.AddRange([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4]);
            response.AddRange(answer.GetAddressBytes());
        }

        return [.. response];
    }
}
