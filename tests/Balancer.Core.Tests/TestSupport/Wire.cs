using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.TestSupport;

/// <summary>One end of a connection as a test sees it: bytes, lines and messages, one character a byte (Latin-1). Every wait has an end.</summary>
internal sealed class Wire(Socket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public Socket Socket { get; } = socket;

    public static async Task<Wire> ConnectAsync(EndPoint endPoint, Action<Socket>? configure = null)
    {
        var isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isUnix)
        {
            socket.NoDelay = true;
        }

        configure?.Invoke(socket);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(endPoint, patience.Token);
        return new Wire(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (bytes.Length > 0)
        {
            bytes = bytes[await Socket.SendAsync(bytes, patience.Token)..];
        }
    }

    /// <summary>A line without its CR LF; null at the end of the connection.</summary>
    public async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync())
            {
                return line.Length == 0 ? null : throw new EndOfStreamException($"the connection ended within '{line}'");
            }

            var next = (char)_buffer[_start++];
            if (next == '\n')
            {
                Assert.Equal('\r', line[^1]);
                return line.ToString(0, line.Length - 1);
            }

            line.Append(next);
        }
    }

    /// <summary>A head; null when the connection ended before it.</summary>
    public async Task<WireMessage?> ReadHeadAsync()
    {
        if (await ReadLineAsync() is not { } first)
        {
            return null;
        }

        var message = new WireMessage(first);
        await ReadFieldsAsync(message.Fields);
        return message;
    }

    /// <summary>A head as it was sent, byte for byte, the empty line included.</summary>
    public async Task<string> ReadHeadTextAsync()
    {
        var text = new StringBuilder();
        while (await ReadLineAsync() is { } line)
        {
            text.Append(line).Append("\r\n");
            if (line.Length == 0)
            {
                return text.ToString();
            }
        }

        throw new EndOfStreamException($"the connection ended within '{text}'");
    }

    /// <summary>A request or response with its body. Without framing a request has none, a response reaches to the end of the connection.</summary>
    /// <param name="isBodyless">For responses to HEAD.</param>
    public async Task<WireMessage?> ReadMessageAsync(bool isBodyless = false)
    {
        var message = await ReadHeadAsync();
        if (message is not null && !isBodyless && message.Status is not (204 or 304 or (>= 100 and < 200)))
        {
            await ReadBodyAsync(message);
        }

        return message;
    }

    /// <summary>The final response, and the interim ones before it.</summary>
    public async Task<WireMessage> ReadResponseAsync(bool isBodyless = false)
    {
        var interim = new List<WireMessage>();
        while (true)
        {
            var message = await ReadMessageAsync(isBodyless) ?? throw new EndOfStreamException("the connection ended before a response");
            if (message.Status >= 200)
            {
                message.Interim.AddRange(interim);
                return message;
            }

            interim.Add(message);
        }
    }

    public async Task ReadBodyAsync(WireMessage message)
    {
        if (message["Transfer-Encoding"] == "chunked")
        {
            await ReadChunksAsync(message);
        }
        else if (message["Content-Length"] is { } length)
        {
            message.Body = await ReadExactAsync(int.Parse(length, CultureInfo.InvariantCulture));
        }
        else if (message.Status != 0)
        {
            message.Body = Encoding.Latin1.GetBytes(await ReadToEndAsync());
        }
    }

    public async Task<byte[]> ReadExactAsync(int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            if (_start == _end && !await FillAsync())
            {
                throw new EndOfStreamException($"the connection ended after {done} of {count} bytes");
            }

            var length = Math.Min(count - done, _end - _start);
            _buffer.AsSpan(_start, length).CopyTo(bytes.AsSpan(done));
            _start += length;
            done += length;
        }

        return bytes;
    }

    /// <summary>Everything until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        do
        {
            text.Append(Encoding.Latin1.GetString(_buffer, _start, _end - _start));
            _start = _end;
        }
        while (await FillAsync());

        return text.ToString();
    }

    /// <summary>Waits until the other side has closed or reset; false when bytes come instead.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _start == _end && !await FillAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Reads what is expected to come, then waits for the end.</summary>
    public async Task IsClosedAfterAsync(string expected)
    {
        Assert.Equal(expected, Encoding.Latin1.GetString(await ReadExactAsync(expected.Length)));
        Assert.True(await IsClosedAsync());
    }

    /// <summary>Waits until the system of the other side has taken all that was sent: a reset would throw away what it has not.</summary>
    public async Task IsDeliveredAsync()
    {
        // tcp_info.tcpi_unacked, linux/tcp.h. On one machine what is acknowledged lies in the receive queue of the other socket.
        var info = new byte[104];
        do
        {
            await Task.Yield();
            Socket.GetRawSocketOption(6, 11, info);
        }
        while (BitConverter.ToInt32(info, 24) != 0);
    }

    /// <summary>Waits until the other side has read all that was sent. IPv4 only.</summary>
    public async Task IsReadAsync()
    {
        await IsDeliveredAsync();

        // The row of the other socket: addresses, state and then the bytes in its queues, in hexadecimal.
        var row = $": {Hex(Socket.RemoteEndPoint!)} {Hex(Socket.LocalEndPoint!)} ";
        bool isRead;
        do
        {
            await Task.Yield();
            var line = (await File.ReadAllLinesAsync("/proc/net/tcp")).FirstOrDefault(l => l.Contains(row, StringComparison.Ordinal));
            isRead = line is null || line[(line.IndexOf(row, StringComparison.Ordinal) + row.Length + "01 ".Length)..].Split(' ')[0].EndsWith(":00000000", StringComparison.Ordinal);
        }
        while (!isRead);
    }

    /// <summary>Whether nothing has come: no bytes and no end.</summary>
    public bool IsSilent => _start == _end && !Socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private static string Hex(EndPoint endPoint)
    {
        var ip = (IPEndPoint)endPoint;
        return $"{BitConverter.ToUInt32(ip.Address.GetAddressBytes()):X8}:{ip.Port:X4}";
    }

    private async Task ReadFieldsAsync(List<(string Name, string Value)> fields)
    {
        while (true)
        {
            var line = await ReadLineAsync() ?? throw new EndOfStreamException("the connection ended within a head");
            if (line.Length == 0)
            {
                return;
            }

            var colon = line.IndexOf(':');
            fields.Add((line[..colon], line[(colon + 1)..].Trim(' ')));
        }
    }

    private async Task ReadChunksAsync(WireMessage message)
    {
        var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync() ?? throw new EndOfStreamException("the connection ended within a chunked body");
            var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                await ReadFieldsAsync(message.Trailers);
                message.Body = body.ToArray();
                return;
            }

            message.Chunks++;
            body.Write(await ReadExactAsync(size));
            Assert.Equal("", await ReadLineAsync());
        }
    }

    private async Task<bool> FillAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _start = 0;
        _end = 0;
        _end = await Socket.ReceiveAsync(_buffer, patience.Token);
        return _end > 0;
    }
}
