using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Harness;

/// <summary>A client that sends exactly the bytes it is told and shows exactly what came back.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly SocketReader _reader;

    private RawClient(Socket socket)
    {
        Socket = socket;
        _reader = new SocketReader(socket);
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>The address the gateway sees.</summary>
    public EndPoint LocalEndPoint => Socket.LocalEndPoint!;

    /// <summary>Whether the gateway ended the connection with a reset.</summary>
    public bool WasReset => _reader.WasReset;

    /// <summary>Connects to a port of 127.0.0.1.</summary>
    public static Task<RawClient> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Connects.</summary>
    /// <param name="endPoint">A TCP or unix address.</param>
    /// <param name="receiveBuffer">The size of the receive buffer, for a client that reads slowly; 0 leaves the system's.</param>
    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, int receiveBuffer = 0)
    {
        var unix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!unix)
        {
            socket.NoDelay = true;
        }

        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        try
        {
            await Deadline.WaitAsync(socket.ConnectAsync(endPoint), () => $"connect to {endPoint}").ConfigureAwait(false);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<RawResponse> SendOnceAsync(int port, string request, string method = "GET")
    {
        await using var client = await ConnectAsync(port).ConfigureAwait(false);
        await client.SendAsync(request).ConfigureAwait(false);
        return await client.ReadResponseAsync(method).ConfigureAwait(false);
    }

    /// <summary>GET on a connection of its own.</summary>
    public static Task<RawResponse> GetAsync(int port, string target, params string[] fields) =>
        SendOnceAsync(port, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{string.Concat(fields.Select(f => f + "\r\n"))}\r\n");

    /// <summary>Sends bytes, each character one byte.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var sent = await Deadline.WaitAsync(Socket.SendAsync(bytes).AsTask(), () => "the gateway reads what is sent").ConfigureAwait(false);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Sends bytes to a gateway that may stop listening at any moment.</summary>
    /// <returns>Whether all of it could be sent.</returns>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Ends our direction; the gateway may still answer.</summary>
    public void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <summary>Reads one head, for instance an interim response, without a body.</summary>
    public async Task<RawResponse> ReadHeadAsync() => new() { Head = await ReadHeadTextAsync().ConfigureAwait(false), Body = [], Complete = true };

    /// <summary>Reads one final response; interim responses before it are skipped.</summary>
    /// <param name="method">The request's method: a response to HEAD has no body.</param>
    public async Task<RawResponse> ReadResponseAsync(string method = "GET")
    {
        while (true)
        {
            var head = await ReadHeadTextAsync().ConfigureAwait(false);
            var response = new RawResponse { Head = head, Body = [], Complete = true };
            if (response.Status is >= 100 and < 200 and not 101)
            {
                continue;
            }

            return await Deadline.WaitAsync(ReadBodyAsync(response, method), () => $"the body after {head}").ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a text has come; it is still to be read.</summary>
    public Task WaitForArrivalAsync(string text) =>
        Deadline.WaitAsync(_reader.FillUntilAsync(Encoding.Latin1.GetBytes(text)), () => $"'{text}'; so far: {Encoding.Latin1.GetString(_reader.Buffered)}");

    /// <summary>That many raw bytes, as text.</summary>
    public async Task<string> ReadTextAsync(int size) =>
        Encoding.Latin1.GetString(await Deadline.WaitAsync(_reader.ReadExactlyAsync(size), () => $"{size} bytes").ConfigureAwait(false));

    /// <summary>Everything the gateway sends until it ends the connection.</summary>
    public async Task<string> ReadToEndAsync() => Encoding.Latin1.GetString(
        await Deadline.WaitAsync(_reader.ReadToEndAsync(), () => $"the gateway ends the connection; so far: {Encoding.Latin1.GetString(_reader.Buffered)}").ConfigureAwait(false));

    /// <summary>Asserts that the gateway ends the connection and sends nothing more.</summary>
    public async Task AssertClosedAsync() => Assert.Equal("", await ReadToEndAsync().ConfigureAwait(false));

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadHeadTextAsync() =>
        await Deadline.WaitAsync(_reader.ReadHeadAsync(), () => $"a response head; so far: {Encoding.Latin1.GetString(_reader.Buffered)}").ConfigureAwait(false)
        ?? throw new EndOfStreamException($"The gateway ended the connection{(WasReset ? " with a reset" : "")} instead of answering.");

    private async Task<RawResponse> ReadBodyAsync(RawResponse response, string method)
    {
        if (method == "HEAD" || response.Status is 204 or 304 or 101)
        {
            return response;
        }

        if (response["Transfer-Encoding"] is not null)
        {
            var (body, trailers, complete) = await _reader.ReadChunkedAsync().ConfigureAwait(false);
            return new RawResponse { Head = response.Head, Body = body, Trailers = trailers, Complete = complete };
        }

        if (response["Content-Length"] is { } length)
        {
            var size = long.Parse(length);
            var body = await _reader.ReadExactlyAsync(size).ConfigureAwait(false);
            return new RawResponse { Head = response.Head, Body = body, Complete = body.Length == size };
        }

        return new RawResponse { Head = response.Head, Body = await _reader.ReadToEndAsync().ConfigureAwait(false), Complete = !_reader.WasReset };
    }
}
